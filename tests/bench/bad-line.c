/* bad-line.c: a slow, lossy line between two network namespaces
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * usage: bad-line NEAR FAR UP-KBIT DOWN-KBIT DELAY-MS JITTER-MS LOSS-PERCENT QUEUE-MS
 *
 * Each namespace gets an interface "line" (10.77.0.1 near, 10.77.0.2 far) whose packets pass through here: they wait for
 * their turn at the rate of the line, are dropped when the queue is full or luck is bad, and arrive after the delay.
 * SIGUSR1 prints what passed since the last time; SIGUSR2 cuts the line and mends it again.
 */

#define _GNU_SOURCE

#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <netinet/ip.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#define MTU         1400
#define MAX_PACKETS 8192
#define IDLE_US     50000

typedef struct
{
  int64_t due_us;
  int size;
  unsigned char data[MTU + 64];
} Packet;

typedef struct
{
  int in, out;             /* packets come in here and leave there */
  double bytes_per_us;
  Packet *queue;           /* ring of MAX_PACKETS */
  unsigned first, count;
  int64_t free_us;         /* when the line has sent what waits */
  int64_t last_due_us;     /* jitter changes no order */
  uint64_t bytes, packets, dropped, connections;
} Direction;

static struct
{
  int64_t delay_us, jitter_us, queue_us;
  double loss;
} line;

static Direction directions[2];
static uint64_t turns;     /* how often data began to flow up after it had flowed down */
static int last_direction = -1;
static volatile sig_atomic_t is_cut, is_report_asked, is_done;

static void
signal_cb (int number)
{
  if (number == SIGUSR1)
    is_report_asked = 1;
  else if (number == SIGUSR2)
    is_cut = !is_cut;
  else
    is_done = 1;
}

static int64_t
now_us (void)
{
  struct timespec now;

  clock_gettime (CLOCK_MONOTONIC, &now);

  return now.tv_sec * INT64_C (1000000) + now.tv_nsec / 1000;
}

static void
fail (const char *what)
{
  fprintf (stderr, "bad-line: %s: %s\n", what, strerror (errno));
  exit (1);
}

/* The interface of one end, made inside its namespace. */
static int
open_end (const char *name_space,
          const char *address,
          const char *peer)
{
  struct ifreq request = { .ifr_flags = IFF_TUN | IFF_NO_PI };
  char text[256];
  int fd;

  snprintf (text, sizeof text, "/run/netns/%s", name_space);
  if ((fd = open (text, O_RDONLY | O_CLOEXEC)) < 0 || setns (fd, CLONE_NEWNET) != 0)
    fail (text);
  close (fd);
  if ((fd = open ("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC)) < 0)
    fail ("/dev/net/tun");
  strcpy (request.ifr_name, "line");
  if (ioctl (fd, TUNSETIFF, &request) != 0)
    fail ("TUNSETIFF");
  snprintf (text, sizeof text, "ip link set lo up && ip address add %s peer %s dev line && ip link set line up mtu %d",
            address, peer, MTU);
  if (system (text) != 0)
    fail (text);

  return fd;
}

/* Counts new connections and the turns of the conversation. */
static void
look_at (int                  which,
         const unsigned char *data,
         int                  size)
{
  const struct iphdr *ip = (const void *) data;
  const struct tcphdr *tcp;
  int payload;

  if (ip->protocol != IPPROTO_TCP || size < ip->ihl * 4 + (int) sizeof *tcp)
    return;
  tcp = (const void *) (data + ip->ihl * 4);
  if (tcp->syn && !tcp->ack)
    directions[which].connections++;
  payload = size - ip->ihl * 4 - tcp->doff * 4;
  if (payload > 0 && last_direction != which)
    {
      turns += which == 0;
      last_direction = which;
    }
}

static void
take (int which)
{
  Direction *self = &directions[which];

  for (int i = 0; i < 64; i++)
    {
      Packet *packet = &self->queue[(self->first + self->count) % MAX_PACKETS];
      int64_t now = now_us (), start;
      int size;

      if (self->count == MAX_PACKETS || (size = read (self->in, packet->data, sizeof packet->data)) <= 0)
        return;
      /* IPv6 of the kernel's own is not ours. */
      if (packet->data[0] >> 4 != 4)
        continue;
      self->bytes += size;
      self->packets++;
      look_at (which, packet->data, size);
      start = self->free_us > now ? self->free_us : now;
      if (is_cut || drand48 () < line.loss || start - now > line.queue_us)
        {
          self->dropped++;
          continue;
        }
      self->free_us = start + (int64_t) (size / self->bytes_per_us);
      packet->size = size;
      packet->due_us = self->free_us + line.delay_us + (int64_t) (drand48 () * line.jitter_us);
      if (packet->due_us < self->last_due_us)
        packet->due_us = self->last_due_us;
      self->last_due_us = packet->due_us;
      self->count++;
    }
}

/* Sends what is due; when the next is. */
static int64_t
give (Direction *self,
      int64_t    now)
{
  while (self->count > 0)
    {
      Packet *packet = &self->queue[self->first];

      if (packet->due_us > now)
        return packet->due_us;
      /* A full or closed far end loses it, as a line does. */
      if (!is_cut && write (self->out, packet->data, packet->size) < 0 && errno != EAGAIN && errno != EIO)
        fail ("write");
      self->first = (self->first + 1) % MAX_PACKETS;
      self->count--;
    }

  return now + IDLE_US;
}

static void
report (void)
{
  printf ("{\"up\":%llu,\"down\":%llu,\"packets\":%llu,\"dropped\":%llu,\"connections\":%llu,\"turns\":%llu}\n",
          (unsigned long long) directions[0].bytes, (unsigned long long) directions[1].bytes,
          (unsigned long long) (directions[0].packets + directions[1].packets),
          (unsigned long long) (directions[0].dropped + directions[1].dropped),
          (unsigned long long) (directions[0].connections + directions[1].connections), (unsigned long long) turns);
  fflush (stdout);
  for (int i = 0; i < 2; i++)
    directions[i].bytes = directions[i].packets = directions[i].dropped = directions[i].connections = 0;
  turns = 0;
  last_direction = -1;
}

static void
run (void)
{
  while (!is_done)
    {
      struct pollfd fds[2] = { { directions[0].in, POLLIN, 0 }, { directions[1].in, POLLIN, 0 } };
      int64_t now = now_us (), up = give (&directions[0], now), down = give (&directions[1], now);
      int64_t wait = (up < down ? up : down) - now_us ();
      struct timespec timeout = { 0, wait > 0 ? wait * 1000 : 0 };

      if (is_report_asked)
        {
          is_report_asked = 0;
          report ();
        }
      ppoll (fds, 2, &timeout, NULL);
      take (0);
      take (1);
    }
}

int
main (int    argc,
      char **argv)
{
  struct sigaction action = { .sa_handler = signal_cb };
  int ends[2];

  if (argc != 9)
    {
      fprintf (stderr, "usage: bad-line NEAR FAR UP-KBIT DOWN-KBIT DELAY-MS JITTER-MS LOSS-PERCENT QUEUE-MS\n");
      return 2;
    }
  line.delay_us = atof (argv[5]) * 1000;
  line.jitter_us = atof (argv[6]) * 1000;
  line.loss = atof (argv[7]) / 100;
  line.queue_us = atof (argv[8]) * 1000;
  ends[0] = open_end (argv[1], "10.77.0.1", "10.77.0.2");
  ends[1] = open_end (argv[2], "10.77.0.2", "10.77.0.1");
  for (int i = 0; i < 2; i++)
    {
      directions[i].in = ends[i];
      directions[i].out = ends[1 - i];
      directions[i].bytes_per_us = atof (argv[3 + i]) * 1000 / 8 / 1e6;
      directions[i].queue = calloc (MAX_PACKETS, sizeof (Packet));
    }
  sigaction (SIGUSR1, &action, NULL);
  sigaction (SIGUSR2, &action, NULL);
  sigaction (SIGTERM, &action, NULL);
  sigaction (SIGINT, &action, NULL);
  srand48 (42);
  puts ("ready");
  fflush (stdout);
  run ();

  return 0;
}
