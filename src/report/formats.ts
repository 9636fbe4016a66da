/** What a report can be written as; light, since the command line names them at every start. */
export const formats = [
  "table",
  "plain",
  "json",
  "sarif",
  "html",
  "markdown",
  "junit",
  "gitlab",
  "gitlab-container-scanning",
  "gitlab-dependency-scanning",
  "gitlab-sast",
  "gitlab-secret-detection",
  "gitlab-codequality",
  "github",
  "cyclonedx",
] as const;
export type Format = (typeof formats)[number];
