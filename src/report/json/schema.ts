/** The form of a report as JSON, for reading it: docs/schemas/bulkhead-report-v1.json as types. */

import * as z from "zod";
import { categories } from "../../core/category.ts";
import type { ControlNumber } from "../../core/check.ts";
import { answers } from "../../core/context.ts";
import { changeKinds } from "../../core/dependency-changes.ts";
import { type Digest, parseDigest } from "../../core/digest.ts";
import { confidences, fixGrades, loadedStates } from "../../core/finding.ts";
import { lifecycleStates, lifecycleSteps } from "../../core/lifecycle.ts";
import { imageIdentities, otherEnds, relationTypes } from "../../core/relation.ts";
import { severities } from "../../core/severity.ts";
import { isObject } from "../../core/untyped.ts";

const text = z.string();
const texts = z.array(text);
const count = z.int().nonnegative();
/** Lines and columns. */
const ordinal = z.int().positive();
const digest = z.custom<Digest>((value) => parseDigest(value) !== undefined, "expected a digest");
const verdict = z.enum(["pass", "fail", "unknown"]);
const layer = z.enum(["image", "registry", "build", "workload", "cluster", "network", "runtime", "policy"]);
const controlNumber = z.custom<ControlNumber>(
  (value) => Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 10,
  "expected a number of 1 to 10",
);

/** Name to text. Not `z.record`, which leaves out a key that is called as something of every object. */
const named = z.custom<Readonly<Record<string, string>>>(
  (value) => isObject(value) && Object.values(value).every((item) => typeof item === "string"),
  "expected texts by name",
);

const anything = z.unknown();
const place = z.object({ path: text, line: ordinal.exactOptional(), column: ordinal.exactOptional() });

const location = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("file"), ...place.shape }),
  z.object({
    kind: z.literal("image"),
    path: text,
    layer: z.object({
      index: count,
      of: ordinal.exactOptional(),
      diffId: digest,
      instruction: text.exactOptional(),
      historyIndex: count.exactOptional(),
      dockerfile: z.object({ path: text, line: ordinal }).exactOptional(),
    }),
  }),
  z.object({ kind: z.literal("config"), field: text }),
  z.object({ kind: z.literal("object"), object: text, field: text.exactOptional(), place: place.exactOptional() }),
]);

const edit = z.object({ path: text, start: count, end: count, replacement: text });

const patch = z.object({
  path: z.array(z.union([text, count])),
  op: z.enum(["set", "add", "remove"]),
  value: anything.exactOptional(),
});

// Not in the first reports of this version.
const graded = {
  grade: z.enum(fixGrades).default("needs knowledge"),
  reason: text.default("the report does not grade the fix"),
};

const fix = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("upgrade"), text, version: text }),
  z.object({ kind: z.literal("instruction"), text }),
  z.object({ kind: z.literal("edit"), text, ...graded, edits: z.tuple([edit], edit) }),
  z.object({ kind: z.literal("patch"), text, ...graded, patches: z.tuple([patch], patch) }),
]);

const finding = z.object({
  fingerprint: z.string().regex(/^[0-9a-f]{32}$/),
  severity: z.enum([...severities, "unknown"]),
  confidence: z.enum(confidences).exactOptional(),
  overThreshold: z.boolean(),
  unrecorded: z.literal(true).exactOptional(),
  title: text,
  detail: text.exactOptional(),
  subject: text,
  ids: texts,
  package: z.object({ name: text, version: text.exactOptional(), purl: text.exactOptional() }).exactOptional(),
  version: text.exactOptional(),
  purl: text.exactOptional(),
  path: text.exactOptional(),
  locations: z.tuple([location], location),
  fix: fix.exactOptional(),
  origin: z.enum(["base", "application"]).exactOptional(),
  loaded: z
    .object({
      state: z.enum(loadedStates),
      reason: text,
      observedAt: text.exactOptional(),
      stale: z.literal(true).exactOptional(),
    })
    .exactOptional(),
  priority: z
    .object({
      score: z.number(),
      exploited: z.boolean(),
      epss: z.number().exactOptional(),
      mark: text.exactOptional(),
      reasons: texts,
    })
    .exactOptional(),
  // The row of the finding, as `contexts` and `loaded` say it: `yes`, `no`, `unknown`, `no, stale`.
  context: z.object({ exposed: text, reachable: text, runs: text, loaded: text, signed: text }).exactOptional(),
  evidence: named,
  references: texts.exactOptional(),
});

const image = {
  kind: z.literal("image"),
  lineage: text,
  path: text.exactOptional(),
  place: text.exactOptional(),
  name: text,
  references: z.array(
    z.object({
      reference: text,
      manifestDigest: digest.exactOptional(),
      indexDigest: digest.exactOptional(),
      observedAt: text,
    }),
  ),
};

const asset = z.discriminatedUnion("kind", [
  z.discriminatedUnion("identifiedBy", [
    z.object({ ...image, id: digest, identifiedBy: z.enum(["config", "manifest"]) }),
    z.object({ ...image, id: text, identifiedBy: z.literal("reference") }),
  ]),
  z.object({ kind: z.literal("sbom"), id: digest, lineage: text, name: text }),
  z.object({
    kind: z.enum(["workload", "namespace"]),
    id: text,
    lineage: text,
    name: text,
    place: text.exactOptional(),
    seenOn: text.exactOptional(),
  }),
  z.object({
    kind: z.enum(["rootfs", "file", "cluster", "registry", "host"]),
    id: text,
    lineage: text,
    name: text,
  }),
]);

const gaps = z.array(
  z.object({ code: text, reason: text, remedy: text.exactOptional(), concerns: text.exactOptional() }),
);

const tool = z.object({ name: text, version: text });

const databases = z.array(z.object({ label: text, asOf: text.exactOptional(), detail: text.exactOptional() }));

const basis = z.object({ tool: tool.exactOptional(), policy: digest.exactOptional(), databases });

const part = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("packages"), ecosystem: text, release: text.exactOptional() }),
  z.object({ kind: z.literal("object"), object: text }),
]);

const evaluation = z.object({
  check: text,
  asset,
  scope: text.exactOptional(),
  // Not in the first reports of this version.
  part: part.exactOptional(),
  basis: count.exactOptional(),
  verdict,
  action: z.enum(["warn", "audit"]).exactOptional(),
  reason: text,
  observedAt: text,
  validUntil: text.exactOptional(),
  findings: z.array(finding),
  excepted: z.array(
    z.object({
      finding,
      exception: z.object({ reason: text, owner: text, expires: text.exactOptional(), source: place }),
    }),
  ),
  baselined: z.array(z.object({ finding, since: text })).exactOptional(),
  // Not in the first reports of this version.
  accepted: z
    .array(
      z.discriminatedUnion("by", [
        z.object({ code: text, by: z.literal("option") }),
        z.object({
          code: text,
          by: z.literal("policy"),
          reason: text,
          owner: text,
          expires: text,
          source: place.required(),
        }),
        z.object({ code: text, by: z.literal("baseline"), since: text, expires: text }),
      ]),
    )
    .exactOptional(),
  evidence: named.default({}),
  gaps,
});

const end = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("image"), id: text, identifiedBy: z.enum(imageIdentities), name: text }),
  z.object({
    kind: z.enum(["rootfs", "file", "sbom", "workload", "namespace", "cluster", "host", ...otherEnds]),
    id: text,
    name: text,
  }),
]);

const relation = z.object({
  type: z.enum(relationTypes),
  from: end,
  to: end,
  observedAt: text,
  since: text.exactOptional(),
  evidence: named,
  gaps,
});

const contextAnswer = z.object({
  answer: z.enum(answers),
  reason: text,
  observedAt: text.exactOptional(),
  stale: z.literal(true).exactOptional(),
});

const context = z.object({
  asset: z.object({
    kind: z.enum(["image", "rootfs", "file", "sbom", "workload", "namespace", "cluster", "registry", "host"]),
    id: text,
  }),
  exposed: contextAnswer,
  reachable: contextAnswer,
  runs: contextAnswer,
  signed: contextAnswer,
});

const control = z.object({
  number: controlNumber,
  title: text,
  verdict,
  before: verdict.exactOptional(),
  reason: text,
  coverage: z.object({ assessed: count, total: count, noun: text, excluded: count.exactOptional() }),
  worst: texts,
  worstAt: z.array(z.object({ evaluation: count, finding: count }).nullable()).exactOptional(),
  nextFix: text.exactOptional(),
});

const documentation = z.object({ what: text, why: text, fix: text, references: texts });

const check = z.object({
  id: text,
  title: text,
  layer,
  category: z.enum(["vulnerability", "configuration"]),
  // Not in the first reports of this version.
  kind: z.enum(categories).exactOptional(),
  controls: z.array(controlNumber),
  withoutControl: text.exactOptional(),
  severity: z.enum([...severities, "varies"]),
  // Not in the first reports of this version.
  subject: text.default(""),
  needs: z.custom<Readonly<Record<string, "partial" | "complete">>>(
    (value) => isObject(value) && Object.values(value).every((item) => item === "partial" || item === "complete"),
    "expected partial or complete by name",
  ),
  documentation: documentation.default({ what: "", why: "", fix: "", references: [] }),
});

const policy = z.object({
  origin: z.enum(["default", "tree", "trusted"]),
  name: text.exactOptional(),
  digest: digest.exactOptional(),
  environment: text.exactOptional(),
  extends: texts.exactOptional(),
  loosened: z
    .array(z.object({ key: text, path: text, line: ordinal, column: ordinal, trusted: text, wanted: text }))
    .exactOptional(),
});

const changes = z.object({
  lockfile: text,
  counts: z.object({ added: count, upgraded: count, downgraded: count, replaced: count, removed: count }),
  closes: count.exactOptional(),
  direct: z.array(
    z.object({
      kind: z.enum([...changeKinds, "unchanged"]),
      type: text,
      name: text,
      before: text.exactOptional(),
      after: text.exactOptional(),
      brings: count,
    }),
  ),
  others: count,
});

export const jsonReport = z.object({
  schema: text,
  tool,
  subject: text,
  directory: text.exactOptional(),
  startedAt: text,
  exitCode: z.literal([0, 1, 2, 3]),
  policy,
  databases,
  baseline: z
    .object({
      name: text,
      entries: count,
      known: count,
      worsened: count,
      resolved: count,
      notEvaluated: count,
      foreign: count.default(0),
    })
    .exactOptional(),
  notes: texts,
  controls: z.array(control).exactOptional(),
  layers: z.array(z.object({ layer, verdict, defends: texts, failing: texts.default([]) })).exactOptional(),
  // Not in the first reports of this version.
  lifecycle: z
    .array(
      z.object({
        step: z.enum(lifecycleSteps),
        state: z.enum(lifecycleStates),
        reason: text,
        short: text.exactOptional(),
        places: z.array(location),
      }),
    )
    .exactOptional(),
  changes: z.array(changes).exactOptional(),
  bases: z.array(basis).default([]),
  evaluations: z.array(evaluation),
  relations: z.array(relation).default([]),
  // Of commands that join what is known of assets.
  contexts: z.array(context).exactOptional(),
  checks: z.array(check),
});

export type JsonPolicy = z.infer<typeof policy>;
export type JsonEvaluation = z.infer<typeof evaluation>;
export type JsonFinding = z.infer<typeof finding>;
export type JsonControl = z.infer<typeof control>;
