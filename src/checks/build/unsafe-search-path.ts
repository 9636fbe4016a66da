import { dockerfileCheck } from "./dockerfile/lint-check.ts";
import { unfolded } from "./dockerfile/stages.ts";

const VARIABLES = new Set(["PATH", "LD_LIBRARY_PATH", "LD_PRELOAD"]);

/** What is wrong with a folder to look for programs or libraries in; undefined where nothing is. */
function wrong(folder: string): string | undefined {
  if (folder === "" || folder === ".") return "the working directory, whatever it is";
  if (/^\/(?:tmp|var\/tmp|dev\/shm)(?:\/|$)/.test(folder)) return `${folder}, where everybody may write`;
  return /^[^/$~]/.test(folder) ? `${folder}, which is relative to the working directory` : undefined;
}

/** Each `${…}` as `$`. An expression would look for the end of each of many that have none. */
function withoutBraces(text: string): string {
  const parts: string[] = [];
  let from = 0;
  for (let open = text.indexOf("${"); open !== -1; open = text.indexOf("${", from)) {
    const close = text.indexOf("}", open);
    if (close === -1) break;
    parts.push(text.slice(from, open), "$");
    from = close + 1;
  }
  return parts.join("") + text.slice(from);
}

/** Folders that others can put programs and libraries into (environ(7), ld.so(8)). */
export const unsafeSearchPath = dockerfileCheck({
  name: "unsafe-search-path",
  title: "Unsafe PATH, LD_LIBRARY_PATH or LD_PRELOAD",
  severity: "medium",
  documentation: {
    what: "Checks `PATH`, `LD_LIBRARY_PATH` and `LD_PRELOAD` as `ENV` sets them: the working directory, relative directories, an empty entry (which is the working directory), `/tmp`, `/var/tmp` and `/dev/shm` are reported.",
    why: "Anyone who can write a file there has it run, or loaded, instead of the program or library that is meant, by the next process that starts, also one of root.",
    fix: "Name whole paths of directories that only root may write to, and no empty entry.",
    references: [
      "https://man7.org/linux/man-pages/man7/environ.7.html",
      "https://man7.org/linux/man-pages/man8/ld.so.8.html",
    ],
  },
  needs: { dockerfile: "partial" },
  *detect({ dockerfile }) {
    for (const instruction of unfolded(dockerfile)) {
      if (instruction.keyword !== "ENV") continue;
      for (const { name, value } of instruction.pairs) {
        if (value === undefined || !VARIABLES.has(name.text) || value.text === "") continue;
        const folders = withoutBraces(value.text).split(name.text === "LD_PRELOAD" ? /[: ]/ : ":");
        // Windows separates by semicolons, and its paths begin with drives.
        if (value.text.includes(";") || /(?:^|:)[A-Za-z]:\\/.test(value.text)) continue;
        // A library without a folder is looked for where libraries are.
        const what = folders.flatMap((one) =>
          name.text === "LD_PRELOAD" && !one.includes("/") ? [] : (wrong(one) ?? []),
        )[0];
        if (what === undefined) continue;
        yield {
          subject: `ENV ${name.text} with ${what}`,
          title: `${name.text} contains ${what}`,
          range: value.range,
          stage: instruction.stage,
          fix: "use absolute paths of directories that only root can write to",
        };
      }
    }
  },
});
