/** Installations by package managers, read from the commands that do them. */
import type { PlacedCommand, ShellWord } from "../../../engines/dockerfile/model.ts";
import { operandsOf } from "./options.ts";

export type Manager = "apt" | "apk" | "dnf" | "zypper" | "pip" | "npm" | "gem" | "go" | "cargo";

export interface Install extends PlacedCommand {
  readonly manager: Manager;
  /** `install`, `add`: the word of the command. */
  readonly verb: ShellWord;
  /** As written: `curl`, `curl=7.88.1-10`, `-r` files not among them. */
  readonly packages: readonly ShellWord[];
}

interface Grammar {
  readonly manager: Manager;
  readonly verbs: readonly string[];
  /** Options that take the next word. */
  readonly valued: readonly string[];
}

const dnf: Grammar = {
  manager: "dnf",
  verbs: ["install", "localinstall", "reinstall"],
  valued: [
    "-c",
    "-d",
    "-e",
    "-x",
    "--config",
    "--enablerepo",
    "--disablerepo",
    "--installroot",
    "--releasever",
    "--setopt",
  ],
};
const pip: Grammar = {
  manager: "pip",
  verbs: ["install"],
  valued: [
    ..."-r -c -e -t -i -f --requirement --constraint --editable --target --index-url --extra-index-url".split(" "),
    ..."--find-links --prefix --root --src --platform --python-version --abi --implementation --timeout".split(" "),
    ..."--retries --trusted-host --cache-dir --log --proxy --cert --upgrade-strategy --progress-bar".split(" "),
  ],
};
const npm: Grammar = {
  manager: "npm",
  verbs: ["install", "i", "add"],
  valued: ["--prefix", "-C", "--registry", "--cache", "--loglevel", "--userconfig", "-w", "--workspace", "--tag"],
};

const grammars: Readonly<Record<string, Grammar>> = {
  "apt-get": {
    manager: "apt",
    verbs: ["install"],
    valued: ["-o", "--option", "-c", "--config-file", "-t", "--target-release", "--default-release", "-a"],
  },
  apk: {
    manager: "apk",
    verbs: ["add"],
    valued: ["-t", "--virtual", "-X", "--repository", "-p", "--root", "--keys-dir", "--repositories-file", "--arch"],
  },
  dnf,
  pip,
  npm,
  zypper: {
    manager: "zypper",
    verbs: ["install", "in"],
    valued: ["-r", "--repo", "--from", "-t", "--type", "-R", "--root"],
  },
  gem: {
    manager: "gem",
    verbs: ["install", "i"],
    valued: ["-v", "--version", "-i", "-n", "-s", "--source", "-P", "-p"],
  },
  go: { manager: "go", verbs: ["install", "get"], valued: ["-ldflags", "-gcflags", "-tags", "-mod", "-o", "-p"] },
  cargo: {
    manager: "cargo",
    verbs: ["install"],
    valued: [
      "--version",
      "--vers",
      "--git",
      "--branch",
      "--tag",
      "--rev",
      "--path",
      "--root",
      "--target",
      "--features",
    ],
  },
};

const synonyms: Readonly<Record<string, string>> = {
  apt: "apt-get",
  aptitude: "apt-get",
  yum: "dnf",
  microdnf: "dnf",
  tdnf: "dnf",
  pip2: "pip",
  pip3: "pip",
};

/** What the command installs, where it is one that installs; also `python -m pip install`. */
export function installOf(placed: PlacedCommand): Install | undefined {
  const { program } = placed.command;
  if (program === undefined) return undefined;
  if (/^python[0-9.]*$/.test(program)) return pipModule(placed);
  const grammar = grammars[/^pip3?\.[0-9]+$/.test(program) ? "pip" : (synonyms[program] ?? program)];
  return grammar === undefined ? undefined : read(placed, grammar);
}

export function installsOf(commands: readonly PlacedCommand[], ...managers: readonly Manager[]): Install[] {
  return commands.flatMap((placed) => {
    const install = installOf(placed);
    return install === undefined || !managers.includes(install.manager) ? [] : [install];
  });
}

function pipModule(placed: PlacedCommand): Install | undefined {
  const { command } = placed;
  const at = command.arguments.findIndex(({ text }) => text === "-m");
  if (at === -1 || command.arguments[at + 1]?.text !== "pip") return undefined;
  const install = read({ ...placed, command: { ...command, arguments: command.arguments.slice(at + 2) } }, pip);
  return install === undefined ? undefined : { ...install, ...placed };
}

function read(placed: PlacedCommand, { manager, verbs, valued }: Grammar): Install | undefined {
  const [verb, ...packages] = operandsOf(placed.command, valued);
  if (verb === undefined || !verbs.includes(verb.text)) return undefined;
  return { ...placed, manager, verb, packages };
}
