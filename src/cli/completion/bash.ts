import type { Place } from "./words.ts";

/** Words of our own commands alone come here: no quoting is needed but that of the blanks between them. */
export function bashCompletion(places: readonly Place[]): string {
  const [program] = places;
  const name = program?.path ?? "";
  const deeper = places.slice(1).map(({ path }) => `      "${path}") place="${path}" ;;`);
  const afterOption = places.flatMap(({ path, options }) =>
    options.flatMap(({ name: option, takes }) => {
      if (takes === "nothing") return [];
      const action = takes === "file" ? "files=1" : takes === "text" ? "return" : `words="${takes.join(" ")}"`;
      return [`    "${path} ${option}") ${action} ;;`];
    }),
  );
  const here = places.map(({ path, commands, options, values }) => {
    const words = [...commands.map((command) => command.name), ...values, ...options.map((option) => option.name)];
    const files = commands.length === 0 && values.length === 0 ? " files=1" : "";
    return `      "${path}") words="${words.join(" ")}"${files} ;;`;
  });
  return `# Completion of ${name} for bash: source <(${name} completion bash)
_${name}() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD - 1]}"
  local place="${name}" words="" files="" word
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$place $word" in
${deeper.join("\n")}
    esac
  done
  COMPREPLY=()
  case "$place $previous" in
${afterOption.join("\n")}
    *=) files=1 ;;
    *)
      case "$place" in
${here.join("\n")}
      esac
      ;;
  esac
  [[ -n $words ]] && COMPREPLY=($(compgen -W "$words" -- "$current"))
  if [[ -n $files && \${#COMPREPLY[@]} -eq 0 ]]; then
    local IFS=$'\\n'
    compopt -o filenames 2>/dev/null
    COMPREPLY=($(compgen -f -- "\${current#=}"))
  fi
}
complete -F _${name} ${name}
`;
}
