import type { Stage } from "../../engines/dockerfile/model.ts";
import { replaceRange } from "./dockerfile/edits.ts";
import { dockerfileCheck } from "./dockerfile/lint-check.ts";
import { operandsOf, optionWord } from "./dockerfile/options.ts";
import { chainOf, stepsOf } from "./dockerfile/stages.ts";

const VALUED =
  "-u --uid -g --gid -G --groups -d --home -h -s --shell -c --comment -k --skel --home-dir --gecos --ingroup".split(
    " ",
  );

/** The id that the stages give the user, where they say so exactly once and in any case. */
function idOf(user: string, chain: readonly Stage[]): string | undefined {
  const ids = chain
    .flatMap(({ instructions }) => instructions)
    .flatMap((instruction) => (instruction.keyword === "RUN" ? instruction.commands : []))
    .flatMap((command) => {
      if (!/^(?:useradd|adduser|usermod)$/.test(command.program ?? "")) return [];
      if (operandsOf(command, VALUED).at(-1)?.text !== user && operandsOf(command, VALUED)[0]?.text !== user) return [];
      const option = optionWord(command, "-u", "--uid");
      const next = option === undefined ? undefined : command.arguments[command.arguments.indexOf(option) + 1];
      const id = option?.text.includes("=") === true ? option.text.slice(option.text.indexOf("=") + 1) : next?.text;
      // `|| true` and branches leave it open.
      return [command.runs === "always" && id !== undefined && /^[1-9]\d{0,8}$/.test(id) ? id : ""];
    });
  return ids.length === 1 && ids[0] !== "" ? ids[0] : undefined;
}

/** A user whom Kubernetes cannot tell from root (Kubernetes, `runAsNonRoot`). */
export const userByName = dockerfileCheck({
  name: "user-by-name",
  title: "USER set by name instead of UID",
  severity: "low",
  documentation: {
    what: "Checks the last `USER` of the last stage and those that it is built on. A name other than `root` is reported.",
    why: "Kubernetes checks `runAsNonRoot` by number, and does not start a container whose image has a name there, since the name may be root's. Anyone who then takes the setting out has lost it.",
    fix: "Write the number: `USER 10001`. It is the one that `useradd --uid` gave.",
    references: ["https://kubernetes.io/docs/tasks/configure-pod-container/security-context/"],
  },
  needs: { dockerfile: "partial" },
  *detect({ dockerfile }) {
    const last = dockerfile.stages.at(-1);
    if (last === undefined) return;
    const chain = chainOf(dockerfile, last);
    const found = chain.flatMap(stepsOf).findLast(({ keyword }) => keyword === "USER");
    const word = found?.keyword === "USER" ? found.words[0] : undefined;
    const name = (word?.value ?? word?.stated)?.split(":")[0] ?? "";
    if (word === undefined || found === undefined || !/^[a-z_][\w.-]*\$?$/i.test(name) || name === "root") return;
    const id = word.value === name && word.raw === name ? idOf(name, chain) : undefined;
    const text = id === undefined ? "write the user's number" : `write USER ${id}`;
    yield {
      subject: `USER ${name}`,
      title: `USER ${name} is a name: Kubernetes cannot verify that the user is not root`,
      range: word.range,
      stage: found.stage,
      fix: id === undefined ? text : { text, edits: [replaceRange(dockerfile, word.range, id)] },
    };
  },
});
