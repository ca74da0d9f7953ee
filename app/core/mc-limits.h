/* mc-limits.h: every bound on what a stranger may hand to the program or send to a hub
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Tests stand on both sides of each; tests/lint.sh looks that none is forgotten.
 */

#pragma once

#define MC_CHANGE_MAX_BYTES   (64 * 1024)
#define MC_CHANGE_MAX_FIELDS  256
#define MC_CHANGE_MAX_SEEN    64        /* heads named for one field */
#define MC_CHANGE_MAX_DEPTH   16        /* brackets in brackets */
#define MC_CHANGE_MAX_VALUES  8192      /* of JSON in one change: what they take in memory is a hundred times their text */
#define MC_GROUP_MAX_CHANGES  256

#define MC_PACK_MAX_BYTES     (4 * 1024 * 1024)
#define MC_PACK_MAX_DEPTH     32

#define MC_SQL_MAX_STEPS      2000      /* progress calls of one measure or check … */
#define MC_SQL_STEP_OPS       10000     /* … each after so many instructions */
#define MC_SQL_MAX_BYTES      (64 * 1024)          /* text of an expression */
#define MC_SQL_MAX_DEPTH      100
#define MC_SQL_MAX_VALUE      (16 * 1024 * 1024)   /* bytes of one value on the way */
#define MC_SQL_MAX_PATTERN    64        /* bytes of a LIKE or GLOB: a long one with many wildcards takes for ever */

#define MC_NUMBER_MAX         G_GINT64_CONSTANT (999999999999)   /* typed into one field: more is none of anything, and its sums would not fit */

#define MC_CSV_MAX_BYTES      (64 * 1024 * 1024)
#define MC_CSV_MAX_COLUMNS    256
#define MC_CSV_MAX_ROWS       200000

#define MC_EVIDENCE_MAX_BYTES (G_GINT64_CONSTANT (512) * 1024 * 1024)
#define MC_EVIDENCE_NAME_MAX_BYTES 255

/* the wire */

#define MC_PROTOCOL_VERSION      1
#define MC_FRAME_MAX_BYTES       (4 * 1024 * 1024)   /* payload of one frame: a page with the largest group in it */
#define MC_FRAME_MAX_VALUES      (256 * 1024)        /* of JSON in the changes of one frame; each takes a hundred bytes and more */
#define MC_GROUPS_MAX_BYTES      (1024 * 1024)       /* payload of one GROUPS frame */
#define MC_GROUPS_RAW_BYTES      (64 * 1024)         /* aim for the changes of one GROUPS frame */
#define MC_RUN_RAW_BYTES         (128 * 1024)        /* aim for the changes that one signature is over; no page ends inside */
#define MC_HUB_WAITING_BYTES     (32 * 1024)         /* packed runs at a hub that wait for those before to be committed */
#define MC_HUB_UNSYNCED_BYTES    (256 * 1024)        /* packed runs that are committed there and may not be on its disk yet */
#define MC_UNPACKED_MAX_BYTES    (20 * 1024 * 1024)  /* one group of 256 changes of 64 KiB, and room */
#define MC_EVIDENCE_CHUNK_BYTES  (64 * 1024)
#define MC_REQUEST_MAX_BYTES     ((guint64) 64 * 1024 * 1024)
#define MC_ANSWER_MAX_BYTES      (32 * 1024 * 1024)  /* what a device reads of one answer */
#define MC_DRAIN_MAX_BYTES       (8 * 1024 * 1024)   /* read and dropped of a request that is refused already */
#define MC_LOG_NAME_MAX_BYTES    64
#define MC_CURSORS_MAX           512
#define MC_VERDICTS_MAX          65535               /* also ranges of a receipt */
#define MC_NEEDS_MAX             4096
#define MC_PROBLEM_MAX_BYTES     4096                /* a problem document, and what a verdict says */
#define MC_PROBLEM_MAX_DEPTH     8
#define MC_LINE_MAX_BYTES        2048                /* an enrolment line */
#define MC_ENROL_MAX_BYTES       (16 * 1024)
#define MC_CERTIFICATE_MAX_BYTES 2048
#define MC_PLACES_MAX            64                  /* chains that a device shows at once to find where two logs part */
#define MC_WANTED_MAX            4096
#define MC_STREAMS_MAX           65536               /* of a log that are told at once: they must fit a frame */
#define MC_BRANCHES_MAX          16                  /* times that one stream is written anew from some place on */
#define MC_FAR_ROWS              4096                /* a device that lacks more of a log fetches it in segments */
#define MC_BUNDLE_MAX_KEYS       4096                /* devices that one bundle is sealed to */
#define MC_BUNDLE_PART_BYTES     ((guint64) 4000 * 1000 * 1000)  /* of a stick with FAT, with room */
#define MC_BUNDLE_FORWARD_BYTES  (MC_BUNDLE_PART_BYTES + 64 * 1024 * 1024)  /* that is carried in over the network */
#define MC_BUNDLE_REPLY_BYTES    ((guint64) 16 * 1024 * 1024)    /* of logs in its answer; the rest comes with the next one */
#define MC_ENROL_MAX_DEPTH       8
#define MC_UNITS_MAX_BYTES       (4 * 1024 * 1024)   /* a table of units: twice what the whole country has */
#define MC_UNITS_MAX_DEPTH       8
#define MC_UNIT_CODE_MAX_BYTES   32

/* What a hub takes from one device, and how long it waits. */
#define MC_STRANGER_MAX_BYTES    (16 * 1024)         /* more than a HELLO is not taken from who has not said it */
#define MC_ANSWER_VERDICTS_MAX   8192                /* of one log in one answer: they must fit a frame */
#define MC_HOLES_MAX             60000               /* refused changes in a row: more hashes do not fit a row */
#define MC_HANDED_MAX_BYTES      (MC_GROUPS_MAX_BYTES / 2 * 3)   /* one group handed back, packed: it and its hashes must fit a page */
#define MC_UNPROVEN_MAX          64                  /* groups of others in one request whose signature may fail to hold */
#define MC_PAGE_BYTES            (256 * 1024)        /* aim for one page of a log */
#define MC_PAGES_MAX_BYTES       (8 * 1024 * 1024)   /* pages stop here; the device asks for the rest */
#define MC_STALL_SECONDS         60
#define MC_TURNS_MAX             4                   /* requests of one device under way; then the oldest gives way */
#define MC_WRONG_SECRETS_A_MINUTE 10               /* from one address */
#define MC_WRONG_ADDRESSES_MAX   4096                /* that are told apart; past them all count as one */
#define MC_INCARNATIONS_MAX      64                  /* of one device that are known to be left; then the oldest is forgotten */
#define MC_QUOTA_LOG_BYTES       ((guint64) 512 * 1024 * 1024)         /* of one device, unless the hub says otherwise */
#define MC_QUOTA_EVIDENCE_BYTES  ((guint64) 32 * 1024 * 1024 * 1024)   /* of one unit, likewise */
#define MC_PARTIAL_DAYS          90                  /* a cut upload is kept so long */
