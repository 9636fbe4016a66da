/** Packages that jobs install, and whether a version is written. */
import type { ShellCommand, ShellWord } from "../../../engines/pipelines/model.ts";
import { installOf, type Manager } from "../dockerfile/installs.ts";
import { operandsOf } from "../dockerfile/options.ts";

export interface UnpinnedInstall {
  /** `pip install`. */
  readonly what: string;
  readonly packages: readonly string[];
  readonly word: ShellWord;
}

/** What a name with a version looks like. */
const PINNED: Readonly<Record<Manager, RegExp>> = {
  apt: /[=/]\S|\.deb$/,
  apk: /[=~<>]\S|\.apk$/,
  dnf: /-\d|\.rpm$/,
  zypper: /[=<>]\S|-\d|\.rpm$/,
  pip: /[=~!<>]=|^git\+|^https?:|[/\\]|\.(?:whl|zip|gz)$|^\.|@ /,
  pipx: /==|^git\+|[/\\]/,
  uv: /[=~<>]=|@\d|^git\+|[/\\]|^\./,
  npm: /.@v?[\d~^]|^\.|^\/|\.tgz$|^(?:https?|git|file)[:+]/,
  gem: /:\d|\.gem$/,
  go: /@v?\d|@[0-9a-f]{12,40}$|^[./]/,
  cargo: /@\d/,
};

export function unpinnedInstall(command: ShellCommand): UnpinnedInstall | undefined {
  const install = installOf({ command });
  if (install === undefined) return fromOthers(command);
  const { manager, verb, packages } = install;
  const words = command.arguments.map(({ text }) => text);
  const has = (pattern: RegExp): boolean => words.some((text) => pattern.test(text));
  const isGlobal = has(/^(?:-g|--global|--location=global)$/);
  if (manager === "npm" && !isGlobal) return undefined;
  if ((manager === "gem" || manager === "cargo") && has(/^(?:-v|--vers|--version)(?:=|$)/)) return undefined;
  if (manager === "cargo" && has(/^--(?:rev|tag|path)(?:=|$)/)) return undefined;
  if (manager === "go" && verb.text === "get") return undefined;
  if (/^(?:pip|uv)$/.test(manager) && has(/^(?:--require-hashes|--constraint|-c|--no-index)(?:=|$)/)) return undefined;
  const unpinned = packages.filter(({ text, literal }) => literal && !PINNED[manager].test(text) && text !== ".");
  const [first] = unpinned;
  if (first === undefined) return undefined;
  return { what: `${command.program} ${verb.text}`, packages: unpinned.map(({ text }) => text), word: verb };
}

/** Updates that take whatever is newest. */
const UPDATES: ReadonlyMap<string, readonly string[]> = new Map([
  ["npm", ["update"]],
  ["yarn", ["upgrade"]],
  ["pnpm", ["update"]],
  ["composer", ["update"]],
  ["bundle", ["update"]],
  ["gem", ["update"]],
  ["cargo", ["update"]],
]);

/** `npm update`; also `pip install --upgrade` of names. */
export function updateOf(command: ShellCommand): string | undefined {
  const { program = "", arguments: words } = command;
  const verb = words.find(({ text }) => !text.startsWith("-"))?.text ?? "";
  if (UPDATES.get(program)?.includes(verb) === true) return `${program} ${verb}`;
  const install = installOf({ command });
  const isUpgrade = words.some(({ text }) => text === "--upgrade" || /^-[a-z]*U$/.test(text));
  return install?.manager === "pip" && isUpgrade && install.packages.some(({ text }) => !PINNED.pip.test(text))
    ? "pip install --upgrade"
    : undefined;
}

function fromOthers(command: ShellCommand): UnpinnedInstall | undefined {
  const [verb, ...packages] = operandsOf(command);
  if (command.program !== "composer" || verb?.text !== "require") return undefined;
  const unpinned = packages.filter(({ text, literal }) => literal && !/[:=]\S/.test(text) && !/^[\d^~]/.test(text));
  if (unpinned.length === 0 || packages.length > unpinned.length) return undefined;
  return { what: "composer require", packages: unpinned.map(({ text }) => text), word: verb };
}
