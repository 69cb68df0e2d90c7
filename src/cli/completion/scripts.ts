export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/** What the shell sources: on Tab it asks `e2e complete` with the words so far, one candidate a line. */
export const COMPLETION_SCRIPTS: Readonly<Record<Shell, string>> = {
  bash: `# e2e completion for bash: add \`source <(e2e completion bash)\` to ~/.bashrc
_e2e() {
  local IFS=$'\\n' words=("\${COMP_WORDS[@]:1:COMP_CWORD}")
  COMPREPLY=($("\${COMP_WORDS[0]}" complete -- "\${words[@]}" 2>/dev/null))
  # A phase with a colon is not the end of its word.
  if [[ \${#COMPREPLY[@]} -eq 1 && \${COMPREPLY[0]} == *: ]]; then compopt -o nospace; fi
}
complete -o default -F _e2e e2e
`,
  zsh: `#compdef e2e
# e2e completion for zsh: add \`source <(e2e completion zsh)\` to ~/.zshrc, after compinit
_e2e() {
  local -a found
  found=("\${(@f)$("\${words[1]}" complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  [[ -n "\${found[1]}" ]] && compadd -a found || _files
}
compdef _e2e e2e
`,
  fish: `# e2e completion for fish: e2e completion fish > ~/.config/fish/completions/e2e.fish
function __e2e_complete
    set -l words (commandline -opc) (commandline -ct)
    $words[1] complete -- $words[2..-1] 2>/dev/null
end
complete -c e2e -f -a '(__e2e_complete)'
`,
};
