import { lifecycleCheck } from "./lifecycle/lifecycle-check.ts";

/** Scans that fail a job once there is nothing left to stop. */
export const scanAfterRelease = lifecycleCheck({
  name: "scan-after-release",
  title: "Image scans that run after the release",
  severity: "medium",
  controls: [2],
  documentation: {
    what: "Checks whether scans that fail their job run only after the image is deployed, or pushed with nothing after them that a failure would stop (a signature, a promotion, a deployment). Not reported: pipelines in which one blocking scan runs earlier, and scans of what runs, in pipelines that release nothing. Severity: medium.",
    why: "The job is red and the vulnerable image is in production: the gate stands behind the door.",
    fix: "Scan before the push, or push under a digest that nobody deploys, and sign or promote it only after the scan.",
    references: ["https://docs.docker.com/build/ci/github-actions/test-before-push/"],
  },
  of: "scanOrder",
  need: "partial",
  *detect({ late, early }) {
    if (early !== undefined) return;
    for (const { scan, after } of late) {
      yield {
        subject: `${scan.tool} in ${scan.job} of ${scan.pipeline}`,
        title: `${scan.tool} scans after ${after.role === "deploy" ? "the image is deployed" : "the image is pushed"}, with nothing left to stop`,
        places: [scan.place, after.place],
        fix: "move the scan before the push, or let the deployment need it",
        evidence: { job: scan.job, released: `${after.tool} at line ${after.place.line}` },
      };
    }
  },
});
