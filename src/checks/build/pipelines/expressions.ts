/** Expressions of a workflow or an action's metadata, with the field that each is in. */
import type {
  Container,
  Expression,
  Field,
  GithubFile,
  Input,
  Job,
  Matrix,
  PlacedExpression,
  Step,
  StepsJob,
  Text,
  Workflow,
} from "../../../engines/pipelines/model.ts";

/** A scalar of the file and where it is. */
export interface PlacedText {
  /** The field's name, an entry's behind a dot: `run`, `with.script`, `if`, `container.image`. */
  readonly field: string;
  readonly text: Text;
  readonly job?: Job;
  readonly step?: Step;
}

export interface FieldExpression extends Omit<PlacedText, "text"> {
  readonly expression: PlacedExpression;
  /** The scalar that it is in. */
  readonly text: Text;
}

/** A file is read once, and a dozen checks ask for its expressions. */
const known = new WeakMap<GithubFile, readonly FieldExpression[]>();

/** Every expression of the file, in the order of its fields. */
export function expressionsOf(file: GithubFile): readonly FieldExpression[] {
  const before = known.get(file);
  if (before !== undefined) return before;
  const found = textsOf(file).flatMap((placed) =>
    placed.text.expressions.map((expression) => ({ ...placed, expression })),
  );
  known.set(file, found);
  return found;
}

/** Whether it is a context of this name, or something below it: `isContext(tree, "secrets")`. */
export function isContext(expression: Expression, root: string): expression is Expression & { kind: "context" } {
  return expression.kind === "context" && expression.root?.toLowerCase() === root;
}

/** Names below the root in lower case as far as they are known: `secrets.TOKEN` and `secrets['TOKEN']` have `token`. */
export function namesOf(expression: Expression & { kind: "context" }): (string | undefined)[] {
  return expression.path.map((accessor) => {
    if (accessor.kind === "name") return accessor.name.toLowerCase();
    if (accessor.kind === "star" || accessor.index.kind !== "literal") return undefined;
    return String(accessor.index.value).toLowerCase();
  });
}

/** Whether the call is of this function; names ignore case. */
export function isCall(expression: Expression, name: string): expression is Expression & { kind: "call" } {
  return expression.kind === "call" && expression.name.toLowerCase() === name;
}

/** The whole scalar is one expression: `${{ … }}` and nothing beside it. */
export function soleExpression(text: Text): PlacedExpression | undefined {
  const [only, ...more] = text.expressions;
  const value = text.value.trim();
  const isWhole = value.startsWith("${{") && value.endsWith("}}");
  return more.length === 0 && isWhole ? only : undefined;
}

/** Every scalar of the file that the runner may evaluate, in the order of the model's fields. */
export function textsOf(file: GithubFile): PlacedText[] {
  if (file.kind === "action") {
    return [
      ...inputTexts("inputs", file.inputs),
      ...fieldTexts("outputs", file.outputs),
      ...one("image", file.image),
      ...file.steps.flatMap((step) => stepTexts(step)),
    ];
  }
  return [...workflowTexts(file), ...file.jobs.flatMap((job) => jobTexts(job))];
}

function workflowTexts({ name, runName, on, env, defaults, concurrency }: Workflow): PlacedText[] {
  return [
    ...one("name", name),
    ...one("run-name", runName),
    ...on.flatMap(({ inputs, outputs }) => [...inputTexts("inputs", inputs), ...fieldTexts("outputs", outputs)]),
    ...fieldTexts("env", env),
    ...one("defaults.run.shell", defaults?.shell),
    ...one("defaults.run.working-directory", defaults?.workingDirectory),
    ...one("concurrency.group", concurrency?.group),
    ...one("concurrency.cancel-in-progress", concurrency?.cancelInProgress),
  ];
}

function jobTexts(job: Job): PlacedText[] {
  const common = [
    ...one("name", job.name),
    ...one("if", job.if),
    ...one("concurrency.group", job.concurrency?.group),
    ...one("concurrency.cancel-in-progress", job.concurrency?.cancelInProgress),
    ...matrixTexts(job.matrix),
    ...one("continue-on-error", job.continueOnError),
  ];
  if (job.kind === "call") {
    const secrets = job.secrets?.kind === "each" ? fieldTexts("secrets", job.secrets.fields) : [];
    return [...common, ...fieldTexts("with", job.with), ...secrets].map((text) => ({ ...text, job }));
  }
  const own = [...common, ...stepsJobTexts(job)].map((text) => ({ ...text, job }));
  return [...own, ...job.steps.flatMap((step) => stepTexts(step, job))];
}

function stepsJobTexts(job: StepsJob): PlacedText[] {
  return [
    ...job.runsOn.labels.flatMap((label) => one("runs-on", label)),
    ...one("runs-on.group", job.runsOn.group),
    ...one("environment.name", job.environment?.name),
    ...one("environment.url", job.environment?.url),
    ...(job.container === undefined ? [] : containerTexts("container", job.container)),
    ...job.services.flatMap(({ name, container }) => containerTexts(`services.${name}`, container)),
    ...fieldTexts("env", job.env),
    ...one("defaults.run.shell", job.defaults?.shell),
    ...one("defaults.run.working-directory", job.defaults?.workingDirectory),
    ...fieldTexts("outputs", job.outputs),
    ...one("timeout-minutes", job.timeoutMinutes),
  ];
}

function containerTexts(field: string, container: Container): PlacedText[] {
  return [
    ...one(`${field}.image`, container.image),
    ...one(`${field}.credentials.username`, container.username),
    ...one(`${field}.credentials.password`, container.password),
    ...fieldTexts(`${field}.env`, container.env),
    ...one(`${field}.options`, container.options),
    ...container.volumes.flatMap((volume) => one(`${field}.volumes`, volume)),
  ];
}

function matrixTexts(matrix: Matrix | undefined): PlacedText[] {
  if (matrix === undefined) return [];
  const { computed, axes, include, exclude } = matrix;
  return [
    ...one("strategy.matrix", computed),
    ...axes.flatMap(({ name, values }) => values.flatMap((value) => one(`strategy.matrix.${name}`, value))),
    ...include.flatMap((fields) => fieldTexts("strategy.matrix.include", fields)),
    ...exclude.flatMap((fields) => fieldTexts("strategy.matrix.exclude", fields)),
  ];
}

function stepTexts(step: Step, job?: StepsJob): PlacedText[] {
  const own = [
    ...one("name", step.name),
    ...one("if", step.if),
    ...fieldTexts("env", step.env),
    ...one("continue-on-error", step.continueOnError),
    ...one("timeout-minutes", step.timeoutMinutes),
  ];
  const body =
    step.kind === "run"
      ? [...one("run", step.run), ...one("shell", step.shell), ...one("working-directory", step.workingDirectory)]
      : [...one("uses", step.uses.text), ...fieldTexts("with", step.with)];
  return [...own, ...body].map((text) => ({ ...text, step, ...(job === undefined ? {} : { job }) }));
}

function inputTexts(field: string, inputs: readonly Input[]): PlacedText[] {
  return inputs.flatMap((input) => one(`${field}.${input.name}`, input.default));
}

function fieldTexts(field: string, fields: readonly Field[]): PlacedText[] {
  return fields.flatMap(({ key, value }) => one(`${field}.${key.value}`, value));
}

function one(field: string, text: Text | undefined): PlacedText[] {
  return text === undefined ? [] : [{ field, text }];
}
