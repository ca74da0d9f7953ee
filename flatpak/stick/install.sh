#!/bin/sh
# Installs or updates Minh Chứng and all it needs from this folder, for the person who runs it.  No network is used,
# what the program has stored is never touched.
# usage: sh install.sh          (or a double click on CaiDat)
set -eu
here=$(cd "$(dirname "$0")" && pwd)
id=vn.minhchung.MinhChung runtime=vn.minhchung.Platform//48 remote=minhchung
LC_ALL=C.UTF-8
export LC_ALL

# tell KIND TEXT: says something in the terminal, or in a dialog where there is none.
tell() {
  printf '%s\n' "$2"
  [ ! -t 1 ] && [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ] || return 0
  if command -v zenity >/dev/null; then zenity "--$1" --no-markup --width=420 --title='Minh Chứng' --text="$2" || :
  elif command -v kdialog >/dev/null; then
    case $1 in error) kdialog --title 'Minh Chứng' --error "$2" ;; *) kdialog --title 'Minh Chứng' --msgbox "$2" ;; esac || :
  elif command -v notify-send >/dev/null; then notify-send 'Minh Chứng' "$2" || :
  elif command -v xmessage >/dev/null; then xmessage -center "$2" || :
  fi
}
stop() { tell error "$1" >&2; exit 1; }

# A terminal that the file manager has opened for this alone closes with it, and what it said with it.
leave() {
  [ -t 0 ] && [ -t 1 ] || return 0
  session=$(sed 's/.*) //' /proc/$$/stat | cut -d' ' -f4)
  [ "$session" = $$ ] || [ "$session" = "${MINHCHUNG_RUN:-}" ] || return 0
  printf '%s ' "Nhấn Enter để đóng cửa sổ này (Enter closes this window)."
  read -r _ || :
}
trap leave EXIT

command -v flatpak >/dev/null || stop "Máy này chưa có Flatpak. Nhờ người quản trị cài gói 'flatpak' rồi chạy lại.
Flatpak is missing on this computer: have the package 'flatpak' installed, then run this again."
full="Ổ đĩa của máy không còn đủ chỗ: cần 900 MB trống. Xóa bớt tệp không dùng, rồi chạy lại.
(The disk is too full: 900 MB have to be free.)"
[ -z "${MINHCHUNG_FULL:-}" ] || stop "$full"
for file in repo/config repo/summary repo/summary.sig key.gpg version checksums; do
  [ -r "$here/$file" ] || stop "Bộ cài không đủ tệp ($file). Chép lại cả bộ cài từ bản gốc.
The installer is not complete ($file is missing): copy the whole of it again."
done

# An older program must not open what a newer one has written.
new=$(cat "$here/version")
old=$(flatpak info --user "$id" 2>/dev/null | sed -n 's/^ *Subject: *Minh Chung \([0-9.]*\).*/\1/p')
if [ -n "$old" ] && [ "$old" != "$new" ] &&
   [ "$(printf '%s\n%s\n' "$old" "$new" | sort -V | head -n 1)" = "$new" ]; then
  stop "Máy này đã có bản $old, mới hơn bản $new trên USB. Không có gì thay đổi; hãy dùng USB có bản mới hơn.
This computer has version $old, which is newer than $new on this stick. Nothing was changed: use a newer stick."
fi

# Flatpak believes what a folder gives it without reading it twice; a stick that has grown old may give something else.
echo "Đang kiểm tra bộ cài Minh Chứng $new …"
if ! bad=$(cd "$here" && sha256sum --check --strict --quiet checksums 2>/dev/null); then
  bad=$(printf '%s\n' "$bad" | sed -n 's|^\./\(.*\): FAILED.*|\1|p' | head -n 1)
  stop "Bộ cài bị hỏng hoặc thiếu tệp (${bad:-checksums}). Không có gì thay đổi. Chép lại cả bộ cài từ bản gốc, tốt nhất sang USB khác.
The installer is damaged or not complete. Nothing was changed: copy the whole of it again, best to another stick."
fi

url=file://$(printf %s "$here/repo" | sed 's/%/%25/g; s/ /%20/g; s/#/%23/g; s/?/%3F/g')
# take_over NAME: what came in a bundle, or from elsewhere, would keep the stick's out.
take_over() {
  origin=$(flatpak info --user --show-origin "$1" 2>/dev/null) || return 0
  [ "$origin" = "$remote" ] || flatpak install --user -y --noninteractive --reinstall "$remote" "$1"
}
# The stick may sit at another path than last time, and may be signed with a new key.
work() {
  flatpak remote-add --user --if-not-exists --gpg-import="$here/key.gpg" --title='Minh Chứng' "$remote" "$url" &&
  flatpak remote-modify --user --gpg-import="$here/key.gpg" --url="$url" "$remote" &&
  take_over "$runtime" && take_over "$id" &&
  flatpak install --user -y --noninteractive --or-update "$remote" "$id" &&
  flatpak update --user -y --noninteractive "$id"
}
echo "Đang cài đặt Minh Chứng $new …"
if ! said=$(work 2>&1); then
  case $said in
    *'disk space'*|*'No space left'*) why=$full ;;
    *) why=$(printf '%s\n' "$said" | tail -n 3) ;;
  esac
  stop "Chưa cài được. Dữ liệu đã nhập vẫn còn nguyên. Lý do:
$why"
fi

# From now on updates come from the local network, where the office has a place for them.
[ ! -s "$here/address" ] || flatpak remote-modify --user --url="$(cat "$here/address")/repo" "$remote"

note=
if [ -n "${DBUS_SESSION_BUS_ADDRESS:-}" ] &&
   ! find /usr/share/dbus-1/services /usr/local/share/dbus-1/services -name org.freedesktop.portal.Desktop.service \
     2>/dev/null | grep -q .; then
  note="
Máy này thiếu gói 'xdg-desktop-portal' (kèm 'xdg-desktop-portal-gtk'): cài thêm để chọn tệp và in được.
(This computer lacks xdg-desktop-portal-gtk, which choosing files and printing need.)"
fi
if [ "$old" = "$new" ]; then done="Minh Chứng $new đã có trên máy này; đã kiểm tra lại. Dữ liệu được giữ nguyên."
elif [ -n "$old" ]; then done="Đã cập nhật Minh Chứng từ bản $old lên bản $new. Dữ liệu được giữ nguyên."
else done="Đã cài Minh Chứng $new. Tìm 'Minh Chứng' trong danh sách ứng dụng
(nếu chưa thấy, đăng xuất rồi đăng nhập lại)."
fi
tell info "$done$note"
