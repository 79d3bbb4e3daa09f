# Who reads the file meanwhile gets all of the old text or all of the new one.
replace() { # file, text
  printf %s "$2" >"$1.new"
  mv "$1.new" "$1"
}
