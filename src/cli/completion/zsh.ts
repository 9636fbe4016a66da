import type { Place } from "./words.ts";

export function zshCompletion(places: readonly Place[]): string {
  const name = places[0]?.path ?? "";
  const deeper = places.slice(1).map(({ path }) => `      '${path}') place='${path}' ;;`);
  const afterOption = places.flatMap(({ path, options }) =>
    options.flatMap(({ name: option, takes }) => {
      if (takes === "nothing") return [];
      const action = takes === "file" ? "_files" : takes === "text" ? ":" : `compadd -- ${takes.join(" ")}`;
      return [`    '${path} ${option}') ${action}; return ;;`];
    }),
  );
  const here = places.map(({ path, commands, options, values }) => {
    const described = (words: readonly { name: string; description: string }[]) =>
      words.map((word) => quoted(`${word.name.replaceAll(":", "\\:")}:${word.description}`)).join(" ");
    const words = [...commands, ...values.map((value) => ({ name: value, description: value }))];
    return `    '${path}')\n      commands=(${described(words)})\n      options=(${described(options)})\n      ;;`;
  });
  return `#compdef ${name}
# Completion of ${name} for zsh: ${name} completion zsh > a directory of $fpath, as _${name}
_${name}() {
  local place='${name}' word
  local -a commands options
  for word in "\${(@)words[2,CURRENT-1]}"; do
    case "$place $word" in
${deeper.join("\n")}
    esac
  done
  case "$place \${words[CURRENT-1]}" in
${afterOption.join("\n")}
  esac
  case "$place" in
${here.join("\n")}
  esac
  if [[ "\${words[CURRENT]}" == -* ]]; then
    _describe -o option options
  elif (( $#commands )); then
    _describe command commands
  else
    _files
  fi
}
if [[ "$funcstack[1]" == "_${name}" ]]; then
  _${name} "$@"
else
  compdef _${name} ${name}
fi
`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
