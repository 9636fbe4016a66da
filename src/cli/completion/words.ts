import type { Command, Option } from "commander";

/** A place on the command line, the words that may come there, and what an option takes. */
export interface Place {
  /** `bulkhead image scan`. */
  readonly path: string;
  readonly commands: readonly Word[];
  readonly options: readonly OptionWord[];
  /** Words that its first argument may be; where there are none, it may be a file. */
  readonly values: readonly string[];
}

interface Word {
  readonly name: string;
  readonly description: string;
}

export interface OptionWord extends Word {
  /** `--format`. */
  readonly name: string;
  readonly takes: "nothing" | "text" | "file" | readonly string[];
}

/**
 * Words that options and arguments take: `--fail-on` → critical…, `bulkhead completion` → bash… An option that takes
 * other words at one place is named with it: `bulkhead image sbom --format`.
 */
export type Values = Readonly<Record<string, readonly string[]>>;

/** Every place of the program, the program itself first. */
export function placesOf(program: Command, values: Values, parents = ""): Place[] {
  const help = program.createHelp();
  const path = `${parents}${program.name()}`;
  const commands = help.visibleCommands(program).filter((command) => command.name() !== "help");
  return [
    {
      path,
      commands: commands.map((command) => ({ name: command.name(), description: firstLine(command.description()) })),
      options: help.visibleOptions(program).flatMap((option) => optionWord(option, path, values)),
      values: values[path] ?? [],
    },
    ...commands.flatMap((command) => placesOf(command, values, `${path} `)),
  ];
}

function optionWord(option: Option, path: string, values: Values): OptionWord[] {
  if (option.long === undefined || option.long === null) return [];
  const known = values[`${path} ${option.long}`] ?? values[option.long];
  const takes = !(option.required || option.optional)
    ? "nothing"
    : (known ?? (/<(?:file|source|dir|folder)>/.test(option.flags) ? "file" : "text"));
  return [{ name: option.long, description: firstLine(option.description), takes }];
}

function firstLine(text: string): string {
  return text.split("\n", 1)[0] ?? "";
}
