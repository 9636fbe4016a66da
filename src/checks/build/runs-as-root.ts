import type { TextEdit } from "../../core/finding.ts";
import type { Dockerfile, Instruction, Stage, Word } from "../../engines/dockerfile/model.ts";
import { isNumber, userOf } from "../knowledge/configured-user.ts";
import { needsRoot } from "../knowledge/root-programs.ts";
import { insertBehind, replaceRange } from "./dockerfile/edits.ts";
import { dockerfileCheck } from "./dockerfile/lint-check.ts";
import { chainOf, stepsOf } from "./dockerfile/stages.ts";

/** Images whose own configuration names a user who is not root. */
function startsWithoutRoot({ from }: Stage): boolean {
  if (from.origin.kind !== "image") return false;
  const { registry, repository, tag } = from.origin.name;
  return (
    tag?.includes("nonroot") === true ||
    repository.includes("unprivileged") ||
    repository.includes("nonroot") ||
    (registry === "cgr.dev" && tag?.includes("root") !== true)
  );
}

/** The last USER that holds at the end of the stage, and the stage at the bottom where there is none. */
function userAtEnd({ stages }: Dockerfile): { user?: Word; bottom: Stage } | undefined {
  let stage = stages.at(-1);
  const seen = new Set<number>();
  while (stage !== undefined && !seen.has(stage.index)) {
    seen.add(stage.index);
    const user = stepsOf(stage).findLast(({ keyword }) => keyword === "USER");
    if (user?.keyword === "USER" && user.words[0] !== undefined) return { user: user.words[0], bottom: stage };
    const { origin } = stage.from;
    if (origin.kind !== "stage") return { bottom: stage };
    stage = stages[origin.index];
  }
  return undefined;
}

/** What the image runs as, by its Dockerfile (Dockerfile reference, USER). */
export const runsAsRoot = dockerfileCheck({
  name: "runs-as-root",
  title: "Final stage running as root",
  severity: "high",
  withoutControl: "a workload may set another user: control 4 counts workloads, by workload/run-as-non-root",
  documentation: {
    what: "Checks the last `USER` of the last stage, and of the stages that it is built on. Reported: no user, `root` and `0`, in each spelling that a container runtime takes for them (`00`, `+0:0`), and so is `root` as the default that a variable has where it is used. Not reported: base images that are known to set another user, and users that a variable without a default decides. Where BuildKit and buildah take a variable of `USER` or `EXPOSE` for different things (an `ARG` of the stage below, an `ARG` over an `ENV` of its name), the file is *unknown*.",
    why: "A process of root in a container is root for the kernel as well, unless user namespaces are in use. Anyone who breaks into it can change every file of the image, and a vulnerability of the runtime or a careless mount gives them the host.",
    fix: "Make a user while the image is built, give it the files that it must write, and name it by number at the end: `USER 10001`.",
    references: [
      "https://docs.docker.com/reference/dockerfile/#user",
      "https://kubernetes.io/docs/concepts/security/pod-security-standards/",
    ],
  },
  needs: { dockerfile: "complete" },
  *detect({ dockerfile }) {
    const found = userAtEnd(dockerfile);
    const last = dockerfile.stages.at(-1);
    if (found === undefined || last === undefined) return;
    const { user, bottom } = found;
    const root = takesRoot(dockerfile, last);
    const fix =
      root === undefined
        ? {
            text: "add USER 10001:10001 after the last COPY or RUN; the user must own the files it writes",
            edits: userEdits(dockerfile, last, user),
          }
        : `add USER 10001:10001 once the program can run without root: ${root}`;
    if (user === undefined) {
      if (startsWithoutRoot(bottom) || bottom.from.origin.kind === "unknown") return;
      yield {
        subject: "user",
        title: "No USER: runs as the base image's user, usually root",
        range: last.from.keywordRange,
        stage: last.index,
        fix,
      };
      return;
    }
    const name = rootIn(user);
    if (name === undefined) return;
    const title =
      name === ""
        ? "USER is empty: final stage runs as root"
        : `Final stage runs as ${name === "root" ? name : `${name} (root)`}`;
    yield { subject: "user", title, range: user.range, stage: last.index, fix };
  },
});

/**
 * How it names root: by name, by a number that is 0 to Go (`00`, `+0`), or by no name at all (moby/sys, `GetExecUser`).
 * What a build makes of it to which nobody gives a variable counts, unless that is nothing.
 */
function rootIn({ value, stated }: Word): string | undefined {
  const whole = value ?? stated;
  if (whole === undefined) return undefined;
  const name = userOf(whole);
  if (name === "") return value === undefined && whole === "" ? undefined : name;
  return name === "root" || (isNumber(name) && Number(name) === 0) ? name : undefined;
}

const USER = "10001:10001";

/** What configures the image and makes no file. */
const settings: ReadonlySet<Instruction["keyword"]> = new Set<Instruction["keyword"]>([
  "CMD",
  "ENTRYPOINT",
  "ENV",
  "EXPOSE",
  "HEALTHCHECK",
  "LABEL",
  "STOPSIGNAL",
]);

/**
 * Only where the stage itself says what runs, and nothing shows that it takes root: of a program that comes with the base
 * image nothing is known.
 */
function userEdits(dockerfile: Dockerfile, stage: Stage, user: Word | undefined): TextEdit[] {
  const { instructions, from } = stage;
  if (!instructions.some(({ keyword }) => keyword === "CMD" || keyword === "ENTRYPOINT")) return [];
  const last = instructions.findLast(({ keyword }) => !settings.has(keyword));
  if (last?.keyword === "USER" && user !== undefined) return [replaceRange(dockerfile, user.range, USER)];
  return [insertBehind(dockerfile, (last ?? from).range, `\nUSER ${USER}`)];
}

/** Why no other user could run it, by all that it has of the stages that it is built on. */
function takesRoot(dockerfile: Dockerfile, stage: Stage): string | undefined {
  const chain = chainOf(dockerfile, stage);
  const steps = chain.flatMap(stepsOf);
  const textOf = ({ value, stated, text }: Word): string => value ?? stated ?? text;
  return needsRoot({
    images: chain.flatMap(({ from: { origin } }) =>
      origin.kind === "image" ? [`${origin.name.repository}:${origin.name.tag ?? "latest"}`] : [],
    ),
    starts: steps.flatMap((one) => {
      if (one.keyword !== "CMD" && one.keyword !== "ENTRYPOINT") return [];
      return [one.form.kind === "exec" ? one.form.words.map(textOf) : one.form.text.split(/\s+/)];
    }),
    probes: steps.flatMap((one) => (one.keyword === "HEALTHCHECK" ? [one.text] : [])),
    ports: steps.flatMap((one) =>
      one.keyword === "EXPOSE" ? one.words.map(({ value, stated }) => value ?? stated ?? "") : [],
    ),
    variables: steps.flatMap((one) =>
      one.keyword === "ENV"
        ? one.pairs.map(({ name, value }) => ({ name: name.text, value: value === undefined ? "" : textOf(value) }))
        : [],
    ),
    packages: chain.flatMap(({ instructions }) =>
      instructions.flatMap((one) =>
        one.keyword === "RUN" ? one.commands.flatMap(({ arguments: words }) => words.map(({ text }) => text)) : [],
      ),
    ),
    volumes: steps.flatMap((one) => (one.keyword === "VOLUME" ? one.words.map(textOf) : [])),
  });
}
