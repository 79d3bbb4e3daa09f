/** Shells that complete words. */
export const shells = ["bash", "zsh", "fish", "powershell"] as const;

/** The script by which each shell completes words of `flotilla`: it asks the program itself, which knows its commands. */
export const scripts: Record<(typeof shells)[number], string> = {
  bash: `# eval "$(npx flotilla completion bash)" in ~/.bashrc
_flotilla_ask() {
  if type -P flotilla >/dev/null; then flotilla "$@"; else npx --no-install flotilla "$@"; fi 2>/dev/null
}
_flotilla_complete() {
  local IFS=$'\\n'
  COMPREPLY=($(_flotilla_ask completion bash -- "\${COMP_WORDS[@]:1:COMP_CWORD}" | cut -f 1))
  if [[ \${COMPREPLY[0]-} == *= ]]; then compopt -o nospace; fi
}
complete -F _flotilla_complete flotilla
`,
  zsh: `#compdef flotilla
# eval "$(npx flotilla completion zsh)" in ~/.zshrc, behind compinit
_flotilla_ask() {
  if whence -p flotilla >/dev/null; then command flotilla "$@"; else npx --no-install flotilla "$@"; fi 2>/dev/null
}
_flotilla() {
  local -a plain joined
  local line value
  for line in "\${(@f)$(_flotilla_ask completion zsh -- "\${(@)words[2,CURRENT]}")}"; do
    [[ -n $line ]] || continue
    value="\${line%%$'\\t'*}"
    if [[ $value == *= ]]; then joined+=("$value"); else plain+=("\${value//:/\\\\:}:\${line#*$'\\t'}"); fi
  done
  (( $#joined )) && compadd -S '' -- "\${joined[@]}"
  (( $#plain )) && _describe flotilla plain
}
compdef _flotilla flotilla
`,
  fish: `# npx flotilla completion fish | source in ~/.config/fish/config.fish
function __flotilla_ask
  if type --force-path flotilla >/dev/null 2>&1
    command flotilla $argv 2>/dev/null
  else
    npx --no-install flotilla $argv 2>/dev/null
  end
end
function __flotilla_complete
  set --local words (commandline --tokenize --current-process --cut-at-cursor)
  set --erase words[1]
  set --local current (commandline --current-token --cut-at-cursor)
  __flotilla_ask completion fish -- $words "$current"
end
complete --command flotilla --no-files --arguments '(__flotilla_complete)'
`,
  powershell: `# npx flotilla completion powershell | Out-String | Invoke-Expression in $PROFILE
Register-ArgumentCompleter -Native -CommandName flotilla -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  $words = @($commandAst.CommandElements | Select-Object -Skip 1 | ForEach-Object { "$_" })
  # A word without a letter would be left out.
  if ($wordToComplete -eq '') { $words += ' ' }
  $ask = @('completion', 'powershell', '--') + $words
  $lines = if (Get-Command flotilla -CommandType Application -ErrorAction Ignore) { flotilla @ask 2>$null } else { npx --no-install flotilla @ask 2>$null }
  $lines | ForEach-Object {
    $value, $text = $_ -split "\`t", 2
    if (-not $text) { $text = $value }
    [System.Management.Automation.CompletionResult]::new($value, $value, 'ParameterValue', $text)
  }
}
`,
};
