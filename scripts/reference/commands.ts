/** docs/reference/commands.md: every command with its arguments and options, as commander has them. */
import type { EventEmitter } from "node:events";
import type { Argument, Command, Option } from "commander";
import { code, page, plain, row, table } from "./markdown.ts";

/** From here on an option is told once, in its group, and named by each command that has it. */
const SHARED = 4;
const OWN = "Options:";

export function commandsPage(program: Command): string {
  const commands = leaves(program);
  const shared = sharedOptions(commands);
  return page("Commands", [
    "`bulkhead COMMAND --help` prints the same. [Exit codes](exit-codes.md) · [report formats](formats.md) · [policy keys](policy.md)",
    table(
      ["command", ""],
      commands.map((command) => row(`[${code(pathOf(command))}](#${anchorOf(command)})`, plain(command.description()))),
    ),
    "Options that several commands have are described [below](#shared-options).",
    ...commands.flatMap((command) => section(command, shared)),
    "## Shared options",
    ...[...Map.groupBy(shared.values(), groupOf)].flatMap(([group, options]) => [
      `### ${groupTitle(group)}`,
      optionTable(options),
    ]),
  ]);
}

/** Commands that do something, in the order of `--help`; groups (`image`) only hold others. */
export function leaves(command: Command): Command[] {
  const within = command.commands.filter((each) => each.name() !== "help");
  return within.length === 0 ? [command] : within.flatMap(leaves);
}

/** `bulkhead image scan`. */
export function pathOf(command: Command): string {
  return command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`;
}

/** As GitHub makes it of the heading. */
export function anchorOf(command: Command): string {
  return pathOf(command).replaceAll(" ", "-");
}

function optionsOf(command: Command): Option[] {
  return command.options.filter((option) => !option.hidden);
}

/** By what a reader sees: options of one name that say other things are several. */
function sharedOptions(commands: readonly Command[]): ReadonlyMap<string, Option> {
  const all = Map.groupBy(commands.flatMap(optionsOf), keyOf);
  return new Map(
    [...all].flatMap(([key, [first, ...more]]) => (first && more.length + 1 >= SHARED ? [[key, first]] : [])),
  );
}

function keyOf(option: Option): string {
  return JSON.stringify([option.flags, option.description, groupOf(option), option.defaultValue]);
}

function groupOf(option: Option): string {
  return option.helpGroupHeading ?? OWN;
}

function groupTitle(group: string): string {
  return group === OWN ? "Other options" : group.replace(/:$/, "");
}

function section(command: Command, shared: ReadonlyMap<string, Option>): (string | string[])[] {
  const options = optionsOf(command);
  const own = options.filter((option) => !shared.has(keyOf(option)));
  const others = [
    ...Map.groupBy(
      options.filter((option) => shared.has(keyOf(option))),
      groupOf,
    ),
  ];
  const after = afterText(command);
  return [
    `## ${pathOf(command)}`,
    sentence(command.description()),
    ["```", command.createHelp().commandUsage(command), "```"],
    ...(command.registeredArguments.length === 0
      ? []
      : [table(["argument", ""], command.registeredArguments.map(argumentRow))]),
    ...(own.length === 0 ? [] : [optionTable(own)]),
    ...(after === "" ? [] : afterBlocks(after)),
    ...(others.length === 0
      ? []
      : [
          others.map(([group, some]) => {
            const title = groupTitle(group);
            const names = some.map((option) => code(option.long ?? option.flags)).join(", ");
            return `- [${title}](#${title.toLowerCase().replaceAll(" ", "-")}): ${names}`;
          }),
        ]),
  ];
}

function argumentRow(argument: Argument): string {
  const written = argument.required ? `<${argument.name()}>` : `[${argument.name()}]`;
  const more = argument.variadic ? "; may be repeated" : "";
  return row(code(written), `${plain(argument.description)}${defaultText(argument.defaultValue)}${more}`);
}

function optionTable(options: readonly Option[]): string[] {
  return table(["option", ""], options.map(optionRow));
}

function optionRow(option: Option): string {
  const required = option.mandatory ? " (required)" : "";
  return row(code(option.flags), `${plain(option.description)}${required}${defaultText(option.defaultValue)}`);
}

/** What is off or empty unless it is given says nothing. */
function defaultText(value: unknown): string {
  return typeof value === "string" && value !== "" ? ` (default: ${code(value)})` : "";
}

/** What `--help` of the command says below its options. */
function afterText(command: Command): string {
  const said: string[] = [];
  // Its types do not say that it is one.
  (command as unknown as EventEmitter).emit("afterHelp", {
    error: false,
    command,
    write: (text: string) => said.push(text),
  });
  return said.join("").trim();
}

/** Examples are lines to copy. */
function afterBlocks(after: string): (string | string[])[] {
  return after.split("\n\n").flatMap((block) => {
    const [title = "", ...lines] = block.split("\n");
    return title === "Examples:" ? [title, ["```", ...lines.map((line) => line.trim()), "```"]] : [plain(block)];
  });
}

function sentence(text: string): string {
  return `${text[0]?.toUpperCase() ?? ""}${plain(text.slice(1))}.`;
}
