import type { Dockerfile, Instruction, Origin, SourceRange, Word } from "../../engines/dockerfile/model.ts";
import { dockerfileCheck } from "./dockerfile/lint-check.ts";

/** What official images set in their environment under names that ARGs have as well. */
const SET_BY_BASES =
  /^(?:(?:NODE|YARN|PYTHON|PYTHON_PIP|GOLANG|RUBY|PHP|JAVA|NGINX|NJS|PG|MYSQL|MARIADB|REDIS|MONGO|RUST|DOTNET|ASPNET|MAVEN|GRADLE|TOMCAT|ELIXIR|OTP|JULIA|PERL|COMPOSER|CADDY|HTTPD|HAPROXY|KAFKA|DOCKER|DEBIAN|ALPINE)_VERSION|JAVA_HOME|PG_MAJOR|TOMCAT_MAJOR|PATH|HOME|LANG)$/;

interface Use {
  readonly name: string;
  readonly range: SourceRange;
}

/** Flags of COPY and ADD in which variables count. */
const EXPANDED = /^(?:chown|chmod)$/;

/** Names under which images say where their things are. */
const PLACES =
  /_(?:HOME|DIR|DIRS|ROOT|PATH|BASE|PREFIX|USER|UID|GID|GROUP|VERSION|CONF|CONFIG)$|^(?:GOPATH|GOROOT|REF|USER|UID|SHELL|PWD)$/;

/** What BuildKit sets for each build, in stages that declare it (Dockerfile reference, "Automatic platform ARGs"). */
const AUTOMATIC = /^(?:TARGET|BUILD)(?:PLATFORM|OS|ARCH|VARIANT)$/;

/** Words in which Docker itself fills in variables. */
function wordsOf(instruction: Instruction): readonly Word[] {
  switch (instruction.keyword) {
    case "ARG":
    case "ENV":
    case "LABEL":
      return instruction.pairs.flatMap(({ value }) => value ?? []);
    case "COPY":
    case "ADD":
      return [
        ...instruction.flags.flatMap(({ name, value }) => (EXPANDED.test(name) && value !== undefined ? [value] : [])),
        ...instruction.sources,
        instruction.destination,
      ];
    case "EXPOSE":
    case "USER":
    case "WORKDIR":
    case "VOLUME":
    case "STOPSIGNAL":
      return instruction.words;
    default:
      return [];
  }
}

/** Uses without a default or alternative, and in RUN only of what the script itself does not set. */
function* usesIn(instruction: Instruction): Generator<Use> {
  for (const { text, variables, range } of wordsOf(instruction)) {
    const modified = modifiedIn(text);
    for (const name of variables) if (!modified.has(name)) yield { name, range };
  }
  if (instruction.keyword !== "RUN") return;
  const own = new Set<string>();
  for (const { assignments, arguments: words, program } of instruction.commands) {
    for (const { name } of assignments) own.add(name);
    if (!/^(?:export|local|declare|readonly|typeset|read|getopts|unset)$/.test(program ?? "")) continue;
    for (const { text } of words) own.add(text.split("=", 1)[0] ?? "");
  }
  for (const name of setByShell(instruction.text)) own.add(name);
  for (const { words, redirections } of instruction.commands) {
    for (const { text, expansions } of [...words, ...redirections.map(({ target }) => target)]) {
      const modified = modifiedIn(text);
      for (const { kind, name, range } of expansions) {
        if (kind === "parameter" && name !== undefined && !own.has(name) && !modified.has(name)) yield { name, range };
      }
    }
  }
}

/** `for x`, `select x`, `read -r x`, wherever they stand in the text: word by word, as an expression would begin anew at each. */
function* setByShell(text: string): Generator<string> {
  let expects = false;
  let takesOptions = false;
  for (const word of text.split(" ")) {
    const isOption: boolean = expects && takesOptions && /^-\w+$/.test(word);
    const name: string | undefined = expects && !isOption ? /^\w+/.exec(word)?.[0] : undefined;
    if (name !== undefined) yield name;
    const keyword = /\b(?:for|read|select)$/.exec(word)?.[0];
    expects = isOption || keyword !== undefined;
    takesOptions = isOption || keyword === "read";
  }
}

/** `${X:-y}`, `${X+y}`, `${X?z}`: the writer has thought of it not being set. */
function modifiedIn(text: string): Set<string> {
  return new Set([...text.matchAll(/\$\{(\w+):?[-+?=]/g)].map(([, name]) => name ?? ""));
}

/** Names that ARG declares before the first FROM. */
function globalNames({ instructions }: Dockerfile): Set<string> {
  return new Set(
    instructions.flatMap((one) =>
      one.keyword === "ARG" && one.stage === undefined ? one.pairs.map(({ name }) => name.text) : [],
    ),
  );
}

/** Variables that are empty where they are used (Dockerfile reference, "Scope" of ARG; Docker's build check UndefinedVar). */
export const undefinedVariable = dockerfileCheck<"commands">({
  name: "undefined-variable",
  title: "Undefined variables",
  severity: "medium",
  documentation: {
    what: "Checks for variables that an `ARG` before the first `FROM` declares, and that a stage uses without declaring them again; in stages from `scratch` for all variables that nothing sets; and in what `COPY` and `ADD` name, for those of the builder (`TARGETARCH`) that the stage does not declare, and (low) for all that nothing in the file sets where the base is one of Docker's own images. Not reported: names that well-known base images set, those with a default and those that a script sets itself.",
    why: "An `ARG` before `FROM` counts in `FROM` alone. In the stage the variable is empty: the newest version is installed instead of the one that is named, a path ends too early, a checksum is compared with nothing.",
    fix: "Declare it again in the stage, without a value: `ARG VERSION`.",
    references: [
      "https://docs.docker.com/reference/dockerfile/#scope",
      "https://docs.docker.com/reference/build-checks/undefined-var/",
    ],
  },
  needs: { dockerfile: "partial", commands: "partial" },
  *detect({ dockerfile }) {
    const globals = globalNames(dockerfile);
    // By stage: what it, and the stages that it begins from, have set; and whether they begin from nothing.
    const ends: {
      readonly set: ReadonlySet<string>;
      readonly empty: boolean;
      readonly official: string | undefined;
    }[] = [];
    for (const { index, from, instructions } of dockerfile.stages) {
      const below = from.origin.kind === "stage" ? ends[from.origin.index] : undefined;
      const empty = below?.empty ?? from.origin.kind === "scratch";
      const official = from.origin.kind === "stage" ? below?.official : officialName(from.origin);
      const set = new Set(below?.set);
      const reported = new Set<string>();
      for (const instruction of instructions) {
        for (const { name, range } of usesIn(instruction)) {
          const isSet = set.has(name) || reported.has(name);
          if (isSet || !/^[A-Za-z_]\w*$/.test(name) || isPredefined(name)) continue;
          const undeclared = globals.has(name) && !SET_BY_BASES.test(name);
          const copies = instruction.keyword === "COPY" || instruction.keyword === "ADD";
          const automatic = copies && AUTOMATIC.test(name);
          const likely = copies && official !== undefined && !SET_BY_BASES.test(name) && !PLACES.test(name);
          const surely = undeclared || automatic || (empty && instruction.keyword !== "RUN" && name !== "PATH");
          if (!surely && !likely) continue;
          reported.add(name);
          yield {
            subject: `$${name}`,
            ...(surely ? {} : { severity: "low" as const }),
            title: globals.has(name)
              ? `${name} is declared before FROM and empty in this stage`
              : automatic
                ? `${name} is a builder argument and empty: the stage does not declare ARG ${name}`
                : surely
                  ? `${name} is not set in a stage FROM scratch`
                  : `${name} is not set in the file, and empty unless ${official} sets the variable`,
            range,
            stage: index,
            fix: `declare the variable in the stage: ARG ${name}`,
          };
        }
        if (instruction.keyword !== "ARG" && instruction.keyword !== "ENV") continue;
        for (const { name } of instruction.pairs) set.add(name.text);
      }
      ends.push({ set, empty, official });
    }
  },
});

/** Arguments that a build has without ARG (Dockerfile reference, "Predefined ARGs"). */
function isPredefined(name: string): boolean {
  return /^(?:HTTP|HTTPS|FTP|NO|ALL)_PROXY$/i.test(name);
}

const KNOWN: ReadonlySet<string> = new Set(
  "alpine almalinux amazonlinux archlinux bash buildpack-deps busybox clearlinux debian eclipse-temurin elixir erlang fedora gcc golang gradle haproxy haskell httpd julia mageia maven memcached mongo mysql nginx node openjdk oraclelinux perl php postgres python redis rockylinux ruby rust swift ubuntu".split(
    " ",
  ),
);

/** One of Docker's own images: what they set in their environment is known by its names. */
function officialName(origin: Origin): string | undefined {
  if (origin.kind !== "image") return undefined;
  const { registry, repository } = origin.name;
  return registry === undefined && KNOWN.has(repository) ? repository : undefined;
}
