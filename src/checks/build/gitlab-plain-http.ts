import { downloaders } from "./dockerfile/runners.ts";
import { gitlabCheck } from "./gitlab/gitlab-check.ts";
import { commandsOf, placeIn, variablesOf, wordsOf } from "./gitlab/parts.ts";
import { type PlainUrl, plainUrl } from "./gitlab/urls.ts";

const PRINTERS: ReadonlySet<string> = new Set(["echo", "printf", "grep", "sed"]);

function found({ host, scheme }: PlainUrl) {
  return {
    subject: `${scheme} ${host}`,
    title: `${host} is reached over plain ${scheme.toUpperCase()}`,
    fix: scheme === "http" ? "use https://" : "use ftps:// or sftp://",
  };
}

/** What goes over the network without TLS. */
export const gitlabPlainHttp = gitlabCheck({
  name: "gitlab-plain-http",
  title: "Plain HTTP or FTP in pipelines",
  severity: "medium",
  scripts: true,
  documentation: {
    what: "Checks a GitLab pipeline for `include:remote`, variables and commands with `http://` or `ftp://` addresses. Not reported: this machine, and text that is only printed. Severity: high for `include:remote`, medium else, low for private addresses and names.",
    why: "Whoever sits on the way reads what is sent and decides what is received: a script, a package, or the pipeline itself.",
    fix: "Use `https://`, `ftps://` or `sftp://`.",
    references: ["https://docs.gitlab.com/ci/yaml/#includeremote"],
  },
  *detect(pipeline) {
    for (const include of pipeline.includes) {
      const url = include.kind === "remote" ? plainUrl(include.remote.value) : undefined;
      if (url === undefined || include.kind !== "remote") continue;
      yield { ...found(url), place: include.remote.place, severity: url.isPrivate ? "low" : "high" };
    }
    for (const { variable, job } of variablesOf(pipeline)) {
      const { value } = variable;
      const url = value === undefined ? undefined : plainUrl(value.value);
      if (url === undefined || value === undefined) continue;
      yield { ...found(url), place: value.place, job, severity: url.isPrivate ? "negligible" : "low" };
    }
    for (const one of commandsOf(pipeline)) {
      const { command, job, line } = one;
      const { program = "" } = command;
      if (PRINTERS.has(program) || wordsOf(command).includes("--ssl-reqd")) continue;
      for (const word of command.arguments) {
        const url = plainUrl(word.text);
        if (url === undefined || (url.scheme === "http" && !downloaders.has(program))) continue;
        yield { ...found(url), place: placeIn(line, word.range), job, severity: url.isPrivate ? "low" : "medium" };
      }
    }
  },
});
