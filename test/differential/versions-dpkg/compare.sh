#!/bin/sh
# Reads pairs of versions, a line each, parted by a tab, and answers each with <, > or =, or ! where dpkg takes one for none.
tab=$(printf '\t')
while IFS="$tab" read -r a b; do
  dpkg --compare-versions "$a" lt "$b" 2>/dev/null
  case $? in
    0) echo "=<" ;;
    1) if dpkg --compare-versions "$a" eq "$b" 2>/dev/null; then echo "=="; else echo "=>"; fi ;;
    *) echo "!no version" ;;
  esac
done
