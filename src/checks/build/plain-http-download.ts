import { downloadsOf, isLocal, verifies } from "./dockerfile/downloads.ts";
import { dockerfileCheck } from "./dockerfile/lint-check.ts";

/** Files that come over a connection that everybody on the way can change. */
export const plainHttpDownload = dockerfileCheck<"commands">({
  name: "plain-http-download",
  title: "Downloads over unencrypted connections",
  severity: "medium",
  documentation: {
    what: "Checks for `curl` and `wget` in `RUN` with a URL of `http://` or `ftp://`, and for `git clone` from `http://` or `git://`. Not reported: what the same `RUN` compares with a checksum or a signature; what comes from this machine. Not reported: repositories of apt (they are signed).",
    why: "Everyone on the way, a proxy, a network of the build machine, can change the file, and nobody sees it.",
    fix: "Write `https://`, and compare the file with a checksum that stands in the Dockerfile.",
    references: ["https://docs.docker.com/build/building/best-practices/", "https://slsa.dev/spec/v1.1/threats"],
  },
  needs: { dockerfile: "partial", commands: "partial" },
  *detect({ commands }) {
    const clones = commands.filter(
      ({ command, instruction }) =>
        instruction.keyword === "RUN" &&
        command.program === "git" &&
        command.arguments.some(({ text }) => text === "clone"),
    );
    const fetched = [
      ...downloadsOf(commands).map(({ command, instruction, urls }) => ({ command, instruction, urls })),
      ...clones.map(({ command, instruction }) => ({ command, instruction, urls: command.arguments })),
    ];
    for (const { command, instruction, urls } of fetched) {
      const [plain] = urls.filter(({ text }) => /^(?:http|ftp|git):\/\//i.test(text) && !isLocal(text));
      if (plain === undefined || instruction.commands.some(verifies)) continue;
      const { program = "" } = command;
      const host = /^[a-z]+:\/\/(?:[^/@]*@)?([^/:?#]*)/i.exec(plain.text)?.[1] ?? "";
      yield {
        subject: `${program} from ${host}`,
        title: `${program} downloads from ${host} over an unencrypted connection without verification`,
        range: command.programWord?.range ?? command.range,
        stage: instruction.stage,
        fix: "use https, and verify a checksum in the same RUN",
      };
    }
  },
});
