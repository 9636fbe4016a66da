/** Installations by package managers, read from the commands that do them. */
import type { PlacedCommand, ShellCommand, ShellWord } from "../../../engines/dockerfile/model.ts";
import { operandsOf } from "./options.ts";

export type Manager = "apt" | "apk" | "dnf" | "zypper" | "pip" | "pipx" | "uv" | "npm" | "gem" | "go" | "cargo";

export type Install = InstallOf<PlacedCommand>;

/** With what is known of the command besides. */
export type InstallOf<Placed extends { readonly command: ShellCommand }> = Placed & {
  readonly manager: Manager;
  /** `install`, `add`: the word of the command. */
  readonly verb: ShellWord;
  /** As written: `curl`, `curl=7.88.1-10`, `-r` files not among them. */
  readonly packages: readonly ShellWord[];
};

interface Grammar {
  readonly manager: Manager;
  readonly verbs: readonly string[];
  /** Words that may stand before the verb: `module` of `dnf module install`. */
  readonly groups?: readonly string[];
  /** What is behind it is for somebody else. */
  readonly end?: string;
  /** Options that take the next word. */
  readonly valued: readonly string[];
}

/** Options of a manual page, as one line. */
const options = (text: string): readonly string[] => text.split(" ");

const dnf: Grammar = {
  manager: "dnf",
  verbs: ["install", "in", "localinstall", "reinstall", "install-n", "install-na", "install-nevra"],
  groups: ["module"],
  valued: options(
    "-c -d -e -x -R --config --enablerepo --disablerepo --installroot --releasever --setopt --repo --repoid --repofrompath --exclude --excludepkgs --arch --forcearch --advisory --advisories --bz --bzs --cve --cves --sec-severity --secseverity --disableplugin --enableplugin --comment --destdir --downloaddir --debuglevel --errorlevel --rpmverbosity --randomwait --color --from-repo",
  ),
};
const pip: Grammar = {
  manager: "pip",
  verbs: ["install"],
  valued: options(
    "-r -c -e -t -i -f -C --requirement --constraint --build-constraint --editable --target --index-url --extra-index-url --find-links --prefix --root --src --platform --python-version --abi --implementation --timeout --retries --trusted-host --cache-dir --log --proxy --cert --client-cert --upgrade-strategy --progress-bar --root-user-action --no-binary --only-binary --config-settings --config-setting --global-option --build-option --report --group --python --keyring-provider --use-feature --use-deprecated --exists-action --resume-retries",
  ),
};
const npm: Grammar = {
  manager: "npm",
  verbs: ["install", "i", "add", "in", "ins", "inst", "isntall"],
  valued: options(
    "-C -w --prefix --registry --cache --loglevel --userconfig --globalconfig --workspace --tag --omit --include --install-strategy --before --scope --script-shell --cpu --os --libc --fetch-retries --fetch-timeout --maxsockets --node-options --cafile --proxy --https-proxy --noproxy --save-prefix",
  ),
};

const grammars: Readonly<Record<string, Grammar>> = {
  "apt-get": {
    manager: "apt",
    verbs: ["install"],
    valued: options(
      "-o --option -c --config-file -t --target-release --default-release -a --host-architecture -P --build-profiles --solver --planner",
    ),
  },
  apk: {
    manager: "apk",
    verbs: ["add"],
    valued: options(
      "-t --virtual -X --repository -p --root --keys-dir --repositories-file --arch --cache-dir --cache-max-age --wait --progress-fd --timeout",
    ),
  },
  dnf,
  pip,
  pipx: {
    manager: "pipx",
    verbs: ["install"],
    valued: options("--python --pip-args -i --index-url --suffix --backend --fetch-missing-python --preinstall"),
  },
  uv: {
    manager: "uv",
    verbs: ["install"],
    groups: ["pip", "tool"],
    valued: [
      ...pip.valued,
      ...options("-p --with --index --default-index --index-strategy --resolution --directory --project"),
    ],
  },
  npm,
  zypper: {
    manager: "zypper",
    verbs: ["install", "in"],
    valued: options(
      "-r --repo --from -t --type -R --root -p --plus-repo --download -C --capability --releasever -c --config",
    ),
  },
  gem: {
    manager: "gem",
    verbs: ["install", "i"],
    valued: options(
      "-v --version -i --install-dir -n --bindir -s --source -P --trust-policy -p --http-proxy --platform --document --build-root --target-rbconfig --without -B --bulk-threshold --config-file",
    ),
    end: "--",
  },
  go: {
    manager: "go",
    verbs: ["install", "get", "run"],
    valued: options(
      "-C -ldflags -gcflags -asmflags -gccgoflags -tags -mod -modfile -overlay -pgo -o -p -exec -buildmode -compiler -installsuffix -toolexec",
    ),
  },
  cargo: {
    manager: "cargo",
    verbs: ["install"],
    valued: options(
      "--version --vers --git --branch --tag --rev --path --root --target --features -F --index --registry --profile -j --jobs --target-dir --config --color --message-format -Z --bin --example",
    ),
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
export function installOf<Placed extends { readonly command: ShellCommand }>(
  placed: Placed,
): InstallOf<Placed> | undefined {
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

function pipModule<Placed extends { readonly command: ShellCommand }>(placed: Placed): InstallOf<Placed> | undefined {
  const { command } = placed;
  const at = command.arguments.findIndex(({ text }) => text === "-m");
  if (at === -1 || command.arguments[at + 1]?.text !== "pip") return undefined;
  const install = read({ ...placed, command: { ...command, arguments: command.arguments.slice(at + 2) } }, pip);
  return install === undefined ? undefined : { ...install, ...placed };
}

function read<Placed extends { readonly command: ShellCommand }>(
  placed: Placed,
  { manager, verbs, groups = [], valued, end }: Grammar,
): InstallOf<Placed> | undefined {
  const { command } = placed;
  const behind = end === undefined ? -1 : command.arguments.findIndex(({ text }) => text === end);
  const own = behind === -1 ? command : { ...command, arguments: command.arguments.slice(0, behind) };
  const operands = operandsOf(own, valued);
  const [verb, ...packages] = groups.includes(operands[0]?.text ?? "") ? operands.slice(1) : operands;
  if (verb === undefined || !verbs.includes(verb.text)) return undefined;
  // What `go run` runs has arguments of its own.
  return { ...placed, manager, verb, packages: verb.text === "run" ? packages.slice(0, 1) : packages };
}
