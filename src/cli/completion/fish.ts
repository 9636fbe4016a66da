import type { Place } from "./words.ts";

export function fishCompletion(places: readonly Place[]): string {
  const name = places[0]?.path ?? "";
  const deeper = places.slice(1).map(({ path }) => `            case '${path}'\n                set place '${path}'`);
  const lines = places.flatMap(({ path, commands, options, values }) => {
    const at = `complete -c ${name} -n 'test (__${name}_place) = "${path}"'`;
    return [
      ...(commands.length + values.length === 0 ? [] : [`${at} -f`]),
      ...commands.map((command) => `${at} -a ${command.name} -d ${quoted(command.description)}`),
      ...values.map((value) => `${at} -a ${value}`),
      ...options.map(({ name: option, description, takes }) => {
        const taken =
          takes === "nothing"
            ? ""
            : takes === "file"
              ? " -r -F"
              : takes === "text"
                ? " -x"
                : ` -x -a ${quoted(takes.join(" "))}`;
        return `${at} -l ${option.replace(/^--/, "")}${taken} -d ${quoted(description)}`;
      }),
    ];
  });
  return `# Completion of ${name} for fish: ${name} completion fish | source
function __${name}_place
    set -l place ${name}
    for word in (commandline -opc)[2..-1]
        switch "$place $word"
${deeper.join("\n")}
        end
    end
    echo $place
end
${lines.join("\n")}
`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}
