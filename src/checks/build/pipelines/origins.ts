/**
 * Where an expression's value comes from, and what an attacker may write into it: contexts that GitHub fills in, and those
 * that the file itself does (`env`, `inputs`, `matrix`, `steps`, `needs`), followed to what they are set to.
 */
import { append } from "../../../core/append.ts";
import {
  type Expression,
  type Field,
  type GithubFile,
  type Input,
  type Job,
  type Matrix,
  type Place,
  type PlacedExpression,
  type Step,
  type StepsJob,
  type Text,
  valueParts,
  walkExpression,
} from "../../../engines/pipelines/model.ts";
import { type Capability, capabilityOf } from "../../knowledge/context-capabilities.ts";
import { eventInput } from "../../knowledge/event-contexts.ts";
import { namesOf } from "./expressions.ts";
import { jobsOf } from "./uses.ts";

export interface Origin {
  /** As subjects name it: `github.event.issue.title`, in lower case, `*` for what is computed or any element. */
  readonly name: string;
  /** `unknown`: set by what runs, or by nothing in the file. */
  readonly capability: Capability | "unknown";
  /** Who sets it: GitHub from the event, the caller of the action or workflow, who starts it by hand, or what ran before. */
  readonly from: "event" | "caller" | "person" | "run" | "configuration" | "file";
  /** What leads to it, where that is another field: the `env` entry, the output. */
  readonly through?: Place;
}

export interface Scope {
  readonly file: GithubFile;
  readonly job?: StepsJob;
  readonly step?: Step;
}

type ContextExpression = Expression & { kind: "context" };

/** Fields that lead to fields that lead to fields: more than these nobody writes. */
const FOLLOWED = 8;
/** Contexts that are looked up for one value: a file may name the same ones over and over. */
const LOOKED_UP = 256;

/** How much of that is left. */
interface Trail {
  readonly depth: number;
  readonly budget: { left: number };
}

/** Of what the expression's value is made, each with the part of it that leads there, as far as it is text. What is only compared or negated is in no value. */
export function originsOf(expression: Expression, scope: Scope): (Origin & { readonly at: Expression })[] {
  const budget = { left: LOOKED_UP };
  return valueContexts(expression).flatMap((context) =>
    followed([context], scope, { depth: FOLLOWED, budget }).map((origin) => ({ ...origin, at: context })),
  );
}

/** The same of all expressions of a text. */
export function originsOfText(text: Text, scope: Scope): Origin[] {
  return originsOfTexts([text], scope, { depth: FOLLOWED + 1, budget: { left: LOOKED_UP } });
}

function originsOfTexts(texts: readonly (Text | undefined)[], scope: Scope, trail: Trail): Origin[] {
  const contexts: ContextExpression[] = [];
  for (const text of texts) {
    for (const { tree } of text?.expressions ?? []) {
      if (contexts.length > trail.budget.left) break;
      if (tree !== undefined) append(contexts, valueContexts(tree));
    }
  }
  return followed(contexts, scope, { ...trail, depth: trail.depth - 1 });
}

function followed(contexts: readonly ContextExpression[], scope: Scope, trail: Trail): Origin[] {
  const origins: Origin[] = [];
  for (const context of contexts) {
    if (trail.depth <= 0 || trail.budget.left-- <= 0) {
      // What is not followed to its end is not known.
      origins.push({ name: nameOf(context) ?? "*", capability: "unknown", from: "run" });
      break;
    }
    append(origins, originsOfContext(context, scope, trail));
  }
  return origins;
}

/** Contexts whose text may be in the value. */
export function valueContexts(expression: Expression): ContextExpression[] {
  return valueParts(expression).flatMap((part) => {
    if (part.kind === "context") return [part];
    // A function that is not known may hand on what it is given.
    return part.kind === "call" ? part.arguments.flatMap(valueContexts) : [];
  });
}

/** `github.event.commits.*.message`; absent of what leads into the result of a call. */
export function nameOf(context: ContextExpression): string | undefined {
  if (context.root === undefined) return undefined;
  return [context.root.toLowerCase(), ...namesOf(context).map((name) => name ?? "*")].join(".");
}

function originsOfContext(context: ContextExpression, scope: Scope, trail: Trail): Origin[] {
  const name = nameOf(context);
  if (name === undefined) {
    // A list or mapping that was made of text: each part of it is as that text is.
    return context.of === undefined
      ? []
      : followed(valueContexts(context.of), scope, { ...trail, depth: trail.depth - 1 });
  }
  const [root = "", ...path] = name.split(".");
  switch (root) {
    case "github":
      return ofGithub(name, scope);
    case "inputs":
      return [ofInput(name, path[0] ?? "*", scope)];
    case "env":
      return ofEnv(name, path[0] ?? "*", scope, trail);
    case "matrix":
      return ofMatrix(name, path[0] ?? "*", scope, trail);
    case "steps":
      return ofSteps(name, path, scope, trail);
    case "needs":
    case "jobs":
      return ofNeeds(name, path, scope, trail);
    case "secrets":
      return [{ name, capability: "fixed", from: "configuration" }];
    case "vars":
      return [{ name, capability: "unknown", from: "configuration" }];
    default:
      return [{ name, capability: capabilityOf(name) ?? "unknown", from: "run" }];
  }
}

function ofGithub(name: string, scope: Scope): Origin[] {
  const input = eventInput(name);
  if (input !== undefined) return [ofInput(name, input, scope)];
  return [{ name, capability: capabilityOf(name) ?? "unknown", from: "event" }];
}

function ofInput(name: string, input: string, { file }: Scope): Origin {
  const found = inputsNamed(file, input);
  if (found.length === 0) return { name, capability: "unknown", from: "caller" };
  // Where two triggers have an input of that name, the freer one counts.
  const free = found.find((one) => !isHeld(one.input)) ?? found[0];
  const capability = free === undefined || isHeld(free.input) ? "fixed" : "arbitrary";
  return {
    name,
    capability,
    from: free?.from ?? "caller",
    ...(free === undefined ? {} : { through: free.input.place }),
  };
}

function inputsNamed(file: GithubFile, name: string): { readonly input: Input; readonly from: "caller" | "person" }[] {
  const isIt = (input: Input): boolean => input.name.toLowerCase() === name;
  if (file.kind === "action") return file.inputs.filter(isIt).map((input) => ({ input, from: "caller" }));
  return file.on.flatMap(({ event, inputs }) =>
    inputs.filter(isIt).map((input) => ({ input, from: event === "workflow_call" ? "caller" : "person" }) as const),
  );
}

/** GitHub takes nothing else for it; of actions' inputs no type is held. */
function isHeld({ type }: Input): boolean {
  return type === "boolean" || type === "number" || type === "choice" || type === "environment";
}

function ofEnv(name: string, variable: string, scope: Scope, trail: Trail): Origin[] {
  const { step, job, file } = scope;
  const levels: (readonly Field[])[] = [step?.env ?? [], job?.env ?? [], file.kind === "workflow" ? file.env : []];
  for (const fields of levels) {
    const found = namedField(fields, variable);
    if (found === undefined) continue;
    const origins = originsOfTexts([found.value], scope, trail);
    return origins.map((origin) => ({ ...origin, through: origin.through ?? found.place }));
  }
  return [{ name, capability: "unknown", from: "run" }];
}

function ofMatrix(name: string, axisName: string, scope: Scope, trail: Trail): Origin[] {
  const matrix = scope.job?.matrix;
  // Without a matrix the value is empty.
  if (matrix === undefined) return [];
  const unknown: Origin = { name, capability: "unknown", from: "run" };
  if (matrix.computed !== undefined) {
    return orElse(originsOfTexts([matrix.computed], scope, trail), unknown);
  }
  const { texts, place, isKnown } = valuesOf(matrix, axisName);
  const origins = originsOfTexts(texts, scope, trail);
  return isKnown ? origins.map((origin) => ({ ...origin, through: place })) : orElse(origins, unknown);
}

interface AxisValues {
  /** Those of its values that have expressions in them. */
  readonly texts: readonly Text[];
  readonly place: Place;
  /** All that it may be stands in the file. */
  readonly isKnown: boolean;
}

const matrices = new WeakMap<Matrix, ReadonlyMap<string, AxisValues>>();

const NOT_STATED = { texts: [], isKnown: false };

function valuesOf(matrix: Matrix, name: string): AxisValues {
  const known = matrices.get(matrix) ?? readMatrix(matrix);
  matrices.set(matrix, known);
  return known.get(name) ?? { ...NOT_STATED, place: matrix.place };
}

function readMatrix({ axes, include, includeUnknown, place }: Matrix): ReadonlyMap<string, AxisValues> {
  const found = new Map<string, { texts: Text[]; place: Place; isKnown: boolean }>();
  const take = (name: string, at: Place, isKnown: boolean, texts: readonly Text[]): void => {
    const values = found.get(name.toLowerCase()) ?? { texts: [], place: at, isKnown: !includeUnknown };
    values.isKnown &&= isKnown;
    for (const text of texts) if (text.expressions.length > 0) values.texts.push(text);
    found.set(name.toLowerCase(), values);
  };
  for (const { name, place: at, unknown, scalars, values } of axes) {
    take(name, at, !unknown || scalars !== undefined, scalars ?? values);
  }
  for (const { key, value } of include.flat())
    take(key.value, place, value !== undefined, value === undefined ? [] : [value]);
  return found;
}

function orElse(origins: readonly Origin[], unknown: Origin): Origin[] {
  return origins.some(({ capability }) => capability !== "fixed") ? [...origins] : [unknown];
}

function ofSteps(name: string, path: readonly string[], scope: Scope, trail: Trail): Origin[] {
  const [id, kind] = path;
  if (kind === "outcome" || kind === "conclusion") return [{ name, capability: "fixed", from: "run" }];
  const steps = scope.job?.steps ?? (scope.file.kind === "action" ? scope.file.steps : []);
  const writer = id === undefined ? undefined : stepIds(steps).get(id);
  const unknown: Origin = { name, capability: "unknown", from: "run" };
  if (writer === undefined) return [unknown];
  return orElse(writtenBy(writer, scope, trail), unknown);
}

/** What a script writes into its outputs is taken for all that it was handed. */
function writtenBy(step: Step, scope: Scope, trail: Trail): Origin[] {
  if (step.kind !== "run" || !/GITHUB_OUTPUT|::set-output/i.test(step.run.value)) return [];
  const texts = [step.run, ...step.env.map(({ value }) => value)];
  return originsOfTexts(texts, { ...scope, step }, trail)
    .filter(({ capability }) => capability !== "fixed")
    .map((origin) => ({ ...origin, through: step.run.place }));
}

function ofNeeds(name: string, path: readonly string[], scope: Scope, trail: Trail): Origin[] {
  const [id, kind, output] = path;
  if (kind === "result") return [{ name, capability: "fixed", from: "run" }];
  const unknown: Origin = { name, capability: "unknown", from: "run" };
  const job = id === undefined ? undefined : jobIds(jobsOf(scope.file)).get(id);
  if (job?.kind !== "steps" || output === undefined) return [unknown];
  const found = namedField(job.outputs, output);
  if (found === undefined) return [unknown];
  const origins = originsOfTexts([found.value], { file: scope.file, job }, trail);
  return origins.length === 0 ? [] : orElse(origins, unknown);
}

/** Lists of a file are gone through once, however many expressions name something of them. */
function indexBy<T>(nameOfOne: (one: T) => string | undefined): (list: readonly T[]) => ReadonlyMap<string, T> {
  const known = new WeakMap<readonly T[], ReadonlyMap<string, T>>();
  return (list) => {
    const found = known.get(list);
    if (found !== undefined) return found;
    const index = new Map<string, T>();
    for (const one of list) {
      const name = nameOfOne(one)?.toLowerCase();
      if (name !== undefined && !index.has(name)) index.set(name, one);
    }
    known.set(list, index);
    return index;
  };
}

const fieldsByKey = indexBy<Field>(({ key }) => key.value);
const stepIds = indexBy<Step>(({ id }) => id?.value);
const jobIds = indexBy<Job>(({ id }) => id);

const namedField = (fields: readonly Field[], name: string): Field | undefined =>
  fieldsByKey(fields).get(name.toLowerCase());

/** Whether a context of one of these roots is read anywhere in it. */
export function reads({ tree }: PlacedExpression, ...roots: readonly string[]): boolean {
  if (tree === undefined) return false;
  for (const part of walkExpression(tree)) {
    if (part.kind === "context" && part.root !== undefined && roots.includes(part.root.toLowerCase())) return true;
  }
  return false;
}
