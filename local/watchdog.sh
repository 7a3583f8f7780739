# Ends the children of a process that has gone, however it went: reads "+ PID SIGNAL" and "- PID" from its input, which
# only that process holds open, and when the input ends asks the groups of the PIDs that are left to stop, then kills them.
trap '' HUP INT TERM
left=
while read -r verb pid signal; do
  case $verb in
    +) left="$left $pid:$signal" ;;
    -)
      rest=
      for entry in $left; do
        [ "${entry%%:*}" = "$pid" ] || rest="$rest $entry"
      done
      left=$rest
      ;;
  esac
done
for entry in $left; do kill -s "${entry#*:}" -- "-${entry%%:*}" 2>/dev/null; done
tries=0
while [ -n "$left" ] && [ $tries -lt 80 ]; do
  rest=
  for entry in $left; do
    kill -0 "${entry%%:*}" 2>/dev/null && rest="$rest $entry"
  done
  left=$rest
  [ -n "$left" ] && sleep 0.1
  tries=$((tries + 1))
done
for entry in $left; do kill -s KILL -- "-${entry%%:*}" 2>/dev/null; done
