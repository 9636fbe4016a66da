import { append } from "../../core/append.ts";
import { isPinned, splitImageName } from "../../core/image-name.ts";
import type { RatedSeverity } from "../../core/severity.ts";
import type { Expression, GithubFile, Job, Matrix, Place, Text } from "../../engines/pipelines/model.ts";
import { isContext, namesOf, soleExpression } from "./pipelines/expressions.ts";
import { whereOf } from "./pipelines/steps.ts";
import { containersOf, stepsJobs, usesOf } from "./pipelines/uses.ts";
import { workflowCheck } from "./pipelines/workflow-check.ts";

/** Images that jobs, services, `docker://` steps and Docker actions run in. */
export const workflowUnpinnedImage = workflowCheck({
  name: "workflow-unpinned-image",
  title: "Pipeline images not pinned by digest",
  severity: "medium",
  documentation: {
    what: "Checks the images of `container`, `services`, `uses: docker://…` and of Docker actions; an image from the matrix is checked for every value of it. Severity: medium without a tag and for `latest`; low for another tag, and where an expression names an image that the file does not know.",
    why: "A tag can be moved: whoever pushes to the image's repository runs code in the job, with its token and its secrets.",
    fix: "Name the digest: `image: redis:7.4.3@sha256:…`.",
    references: [
      "https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#jobsjob_idcontainerimage",
      "https://docs.docker.com/dhi/core-concepts/digests/",
    ],
  },
  needs: "partial",
  *detect(file) {
    for (const { where, text, job } of placedImages(file)) {
      for (const { image, place, related } of imagesOf(text, job)) {
        if (image === "") continue;
        const { severity, says } = judge(image);
        if (severity === undefined) continue;
        const shown = image === undefined ? text.value : nameOf(image);
        yield {
          subject: `${where}: ${shown}`,
          title: `Image ${image ?? text.value} ${says}`,
          place,
          severity,
          confidence: image === undefined ? "low" : "high",
          ...(related === undefined ? {} : { related: [related] }),
          fix: "pin the image by digest: NAME:TAG@sha256:…",
          evidence: { image: image ?? text.value },
        };
      }
    }
  },
});

interface PlacedImage {
  /** `job test`. */
  readonly where: string;
  readonly text: Text;
  readonly job?: Job;
}

function placedImages(file: GithubFile): PlacedImage[] {
  const ofJobs = stepsJobs(file).flatMap((job) =>
    containersOf(job).flatMap(({ container: { image } }) =>
      image === undefined ? [] : [{ where: `job ${job.id}`, text: image, job }],
    ),
  );
  const ofSteps = usesOf(file).flatMap(({ uses: { kind, text }, job }) =>
    kind === "docker" && job?.kind !== "call"
      ? [{ where: whereOf(job === undefined ? {} : { job }), text, ...(job === undefined ? {} : { job }) }]
      : [],
  );
  const image = file.kind === "action" ? file.image : undefined;
  const ofAction = image?.value.startsWith(DOCKER) ? [{ where: "action", text: image }] : [];
  return [...ofJobs, ...ofSteps, ...ofAction];
}

const DOCKER = "docker://";

/** One image that a scalar may come to; without `image` it is not known. */
interface Candidate {
  readonly image?: string;
  readonly place: Place;
  /** Where the matrix states it. */
  readonly related?: Place;
}

function imagesOf(text: Text, job: Job | undefined): Candidate[] {
  const { place } = text;
  if (text.expressions.length === 0) return [{ image: withoutScheme(text.value), place }];
  const only = soleExpression(text);
  if (only?.tree === undefined) return [{ place }];
  const found: Candidate[] = [];
  for (const leaf of resultsOf(only.tree)) {
    if (leaf.kind === "literal") {
      if (typeof leaf.value === "string") found.push({ image: withoutScheme(leaf.value), place });
      continue;
    }
    const [axis, ...deeper] = isContext(leaf, "matrix") ? namesOf(leaf) : [];
    if (axis === undefined || deeper.length > 0 || job?.matrix === undefined) found.push({ place });
    else append(found, matrixImages(job.matrix, axis, place));
  }
  return found;
}

/** What an expression may come to: `a && b || c` comes to what is behind its conditions. */
function resultsOf(expression: Expression): Expression[] {
  if (expression.kind !== "binary") return [expression];
  if (expression.operator === "||") return [...resultsOf(expression.left), ...resultsOf(expression.right)];
  if (expression.operator === "&&") return resultsOf(expression.right);
  return [];
}

/** What one matrix gives an axis is asked once, however many services have it. */
const valuesOf = new WeakMap<Matrix, Map<string, readonly Text[]>>();

/** Values of the axis that are not pinned. */
function unpinnedValues(matrix: Matrix, name: string): readonly Text[] {
  const ofMatrix = valuesOf.get(matrix) ?? new Map<string, readonly Text[]>();
  valuesOf.set(matrix, ofMatrix);
  const before = ofMatrix.get(name);
  if (before !== undefined) return before;
  const axis = matrix.axes.find((one) => one.name.toLowerCase() === name);
  const included = matrix.include.flatMap((fields) =>
    fields.flatMap(({ key, value }) => (key.value.toLowerCase() === name && value !== undefined ? [value] : [])),
  );
  const found = [...(axis?.values ?? []), ...included]
    .filter(({ value, expressions }) => expressions.length > 0 || judge(withoutScheme(value)).severity !== undefined)
    .slice(0, SHOWN);
  ofMatrix.set(name, found);
  return found;
}

/** Values of one axis that are reported of one container. */
const SHOWN = 20;

function matrixImages(matrix: Matrix, name: string, place: Place): Candidate[] {
  if (matrix.computed !== undefined) return [{ place, related: matrix.computed.place }];
  const known = unpinnedValues(matrix, name).map((value): Candidate => {
    const related = value.place;
    return value.expressions.length > 0 ? { place, related } : { image: withoutScheme(value.value), place, related };
  });
  const isOpen = matrix.includeUnknown || matrix.axes.some((axis) => axis.unknown && axis.name.toLowerCase() === name);
  return isOpen ? [...known, { place }] : known;
}

function withoutScheme(image: string): string {
  const name = image.trim();
  return name.startsWith(DOCKER) ? name.slice(DOCKER.length) : name;
}

function judge(image: string | undefined): { severity?: RatedSeverity; says: string } {
  if (image === undefined) return { severity: "low", says: "may not be pinned: an expression names it" };
  const name = splitImageName(image);
  if (isPinned(name)) return { says: "is pinned" };
  if (name.digest !== undefined) return { severity: "low", says: "has a digest that is not one" };
  if (name.tag === undefined) return { severity: "medium", says: "has no tag, which means latest" };
  if (name.tag === "latest") return { severity: "medium", says: "is whatever is newest" };
  return { severity: "low", says: "is pinned by a tag" };
}

/** Without its tag and digest: what a finding is about. */
function nameOf(image: string): string {
  const { registry, repository } = splitImageName(image);
  return registry === undefined ? repository : `${registry}/${repository}`;
}
