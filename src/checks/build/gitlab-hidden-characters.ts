import { gitlabCheck } from "./gitlab/gitlab-check.ts";

/** Characters that make a file read differently from what runs. */
export const gitlabHiddenCharacters = gitlabCheck({
  name: "gitlab-hidden-characters",
  title: "Hidden characters in pipelines",
  severity: "high",
  documentation: {
    what: "Checks the files of a GitLab pipeline for characters that turn the direction of text or are not shown (U+202E, U+200B, U+2066 and their like). Not reported: a mark of byte order at the beginning. Severity: high for those that turn text, medium else.",
    why: "What a reviewer sees is not what GitLab runs: a comment may be a command, and a name another one.",
    fix: "Remove the characters.",
    references: ["https://trojansource.codes/", "https://cve.mitre.org/cgi-bin/cvename.cgi?name=CVE-2021-42574"],
  },
  *detect(pipeline) {
    for (const { path, hiddenCharacters } of pipeline.files) {
      for (const { place, codePoint } of hiddenCharacters) {
        const turns = /^U\+(?:202[A-E]|206[6-9]|061C)$/.test(codePoint);
        yield {
          subject: `${codePoint} in ${path}`,
          title: `${codePoint} ${turns ? "turns the direction of text" : "is not shown"}`,
          place,
          severity: turns ? "high" : "medium",
          fix: `remove ${codePoint}`,
        };
      }
    }
  },
});
