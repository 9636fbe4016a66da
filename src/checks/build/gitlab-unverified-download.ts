import type { ShellCommand } from "../../engines/pipelines/model.ts";
import { isLocal, verifies } from "./dockerfile/downloads.ts";
import { runnersOf } from "./dockerfile/runners.ts";
import { gitlabCheck } from "./gitlab/gitlab-check.ts";
import { placeIn, scriptsOf, wordsOf } from "./gitlab/parts.ts";
import { hostOf } from "./gitlab/urls.ts";

const SUMS = /\b(?:sha\d{1,3}sum|shasum|md5sum|cosign verify|gpg --verify|openssl dgst)\b/;
const OF_GITLAB = /^(?:--url=)?\$\{?CI_(?:API|SERVER|PROJECT|PAGES)/;
const USERS = /^(?:tar|unzip|gunzip|xz|zstd|dpkg|rpm|chmod|install|sh|bash|python3?|pip3?|java|node)$/;

function writesFile(command: ShellCommand): boolean {
  const words = wordsOf(command);
  if (command.program === "wget") {
    const isShown = words.some(
      (word, at) =>
        /^(?:-[A-Za-z]*O-|--output-document=-)$/.test(word) || (/^-[A-Za-z]*O$/.test(word) && words[at + 1] === "-"),
    );
    return !isShown && !words.includes("--spider");
  }
  if (command.program !== "curl") return false;
  const named = words.findIndex((word) => /^(?:-[A-Za-z]*[oO]|--output|--remote-name)$/.test(word));
  return named >= 0 && !/^(?:-|\/dev\/null)$/.test(words[named + 1] ?? "");
}

/** Files that jobs download and compare with nothing. */
export const gitlabUnverifiedDownload = gitlabCheck({
  name: "gitlab-unverified-download",
  title: "Downloads of jobs without a checksum",
  severity: "low",
  scripts: true,
  documentation: {
    what: "Checks each job of a GitLab pipeline for `curl` and `wget` that write a file, where no line of the job compares a checksum or a signature. Not reported: this machine, GitLab itself, and what `build/gitlab-download-executed` reports. Severity: medium where the job unpacks, installs or runs what it downloads; low else.",
    why: "Nothing says that the file is the one that was meant. A release that is exchanged is built into what the job makes.",
    fix: 'Compare it: `echo "$SHA256  tool.tar.gz" | sha256sum -c -`.',
    references: ["https://slsa.dev/spec/v1.1/threats"],
  },
  *detect(pipeline) {
    const seen = new Set<ShellCommand>();
    for (const { script, job } of scriptsOf(pipeline)) {
      if (script.some(({ commands, text }) => commands.some(verifies) || SUMS.test(text.value))) continue;
      const commands = script.flatMap((line) => line.commands.map((command) => ({ command, line })));
      for (const { command, line } of commands) {
        if (seen.has(command) || !writesFile(command)) continue;
        seen.add(command);
        if (runnersOf(line.commands).has(command.index)) continue;
        const url = command.arguments.find(({ text }) => /^(?:https?|ftp):\/\//i.test(text))?.text;
        if (url !== undefined && !url.includes("$") && isLocal(url)) continue;
        if (command.arguments.some(({ text }) => OF_GITLAB.test(text))) continue;
        const host = url === undefined ? undefined : hostOf(url);
        const used = commands.some(({ command: other }) => USERS.test(other.program ?? ""));
        yield {
          subject: `${command.program} ${host ?? "file"}`,
          title: `what ${command.program} downloads${host === undefined ? "" : ` from ${host}`} is compared with nothing`,
          place: placeIn(line, command.programWord?.range ?? command.range),
          job,
          severity: used ? "medium" : "low",
          fix: "compare the checksum: echo SHA256  FILE | sha256sum -c -",
        };
      }
    }
  },
});
