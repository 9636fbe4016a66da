import type { ScannedImageFacts } from "../subjects/lifecycle.ts";
import { type LifecycleDetection, lifecycleCheck, listed } from "./lifecycle/lifecycle-check.ts";

/** Gates in front of an image that is not the one that is shipped. */
export const scanOfOtherImage = lifecycleCheck({
  name: "scan-of-other-image",
  title: "Image scans of another image than the released one",
  severity: "medium",
  controls: [2],
  documentation: {
    what: "Checks whether the repositories that blocking scans of a pipeline name are those that it pushes or deploys. Reported only where all of both are known before anything runs. Not reported: scans of archives and directories. Severity: medium.",
    why: "The scan is green because it looks at the base, or at last year's name of the image.",
    fix: "Scan what is pushed, by the digest that the build gave.",
    references: ["https://docs.docker.com/build/ci/github-actions/test-before-push/"],
  },
  of: "scannedImages",
  need: "partial",
  *detect({ pipelines }) {
    for (const one of pipelines) if (!one.matches) yield* mismatch(one);
  },
});

function* mismatch({ scans, shipped }: ScannedImageFacts["pipelines"][number]): Generator<LifecycleDetection> {
  const [first, ...more] = scans;
  if (first === undefined) return;
  const scanned = listed(scans.flatMap(({ image }) => image?.repository ?? []));
  const released = listed(shipped.flatMap(({ image }) => image?.repository ?? []));
  yield {
    subject: `${first.tool} in ${first.pipeline}`,
    title: `${first.tool} scans ${scanned}, and ${released} is released`,
    places: [first.place, ...more.map(({ place }) => place), ...shipped.slice(0, 3).map(({ place }) => place)],
    fix: "scan the image that is pushed, by the digest that the build gave",
    evidence: { scanned, released },
  };
}
