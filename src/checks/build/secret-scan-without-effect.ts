import { byTool, lifecycleCheck } from "./lifecycle/lifecycle-check.ts";

/** Secret scanners that cannot find, or whose findings stop nothing. */
export const secretScanWithoutEffect = lifecycleCheck({
  name: "secret-scan-without-effect",
  title: "Secret scans without effect",
  severity: "medium",
  documentation: {
    what: "Checks steps that scan for secrets (gitleaks, trufflehog, detect-secrets, ggshield, trivy): whether findings fail the job (`|| true`, `continue-on-error`, `allow_failure`, `--exit-code 0`, trufflehog without `--fail`); whether the history that they go through is there (`actions/checkout` fetches one commit unless `fetch-depth: 0`, GitLab the last 20 unless `GIT_DEPTH` is 0, or the project's settings say otherwise); whether their configuration leaves out everything (*unknown* where a `gitleaks.toml` cannot be read). Not reported where another secret scan of the pipelines blocks. Severity: medium.",
    why: "The secret that was committed last week is in the history that the scan never saw, or in a report that nobody reads.",
    fix: "Set `fetch-depth: 0` on the checkout, in GitLab the variable `GIT_DEPTH` with the value 0, let findings fail the job, and except single findings by their fingerprints.",
    references: [
      "https://github.com/gitleaks/gitleaks-action",
      "https://github.com/actions/checkout#usage",
      "https://docs.gitlab.com/ci/runners/configure_runners/#shallow-cloning",
    ],
  },
  of: "secretScans",
  need: "partial",
  *detect({ scans, shallow, leftOut }) {
    for (const { reason, place } of leftOut) {
      yield {
        subject: place.path,
        title: `Secret scans leave out everything: ${reason}`,
        places: [place],
        fix: "except single findings by their fingerprints, or paths that hold only test data",
      };
    }
    const works = scans.some((scan) => scan.ignored === undefined && !shallow.includes(scan));
    if (works) return;
    const silent = scans.filter(({ ignored }) => ignored !== undefined);
    for (const { tool, pipeline, places } of byTool(silent)) {
      const why = silent.find((scan) => scan.tool === tool && scan.pipeline === pipeline)?.ignored ?? "";
      yield {
        subject: `${tool} in ${pipeline}`,
        title: `${tool} findings do not fail the job: ${why}`,
        places,
        fix: "let the step fail, and except single findings by their fingerprints",
      };
    }
    for (const { tool, pipeline, places } of byTool(shallow.filter(({ ignored }) => ignored === undefined))) {
      const has = shallow.find((scan) => scan.tool === tool && scan.pipeline === pipeline)?.shallow ?? "one commit";
      yield {
        subject: `${tool} in ${pipeline}: checkout`,
        title: `${tool} scans a checkout of ${has} in ${pipeline}`,
        places,
        fix:
          has === "the last commits"
            ? 'set the variable GIT_DEPTH: "0" of the job (the project\'s settings have 20 unless they were changed)'
            : "set fetch-depth: 0 on actions/checkout",
      };
    }
  },
});
