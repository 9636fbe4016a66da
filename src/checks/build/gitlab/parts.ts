/** The parts of a pipeline that checks go over: each script's commands, each variable, each image, with the job it is in. */
import type {
  GitlabImage,
  GitlabJob,
  GitlabLine,
  GitlabPipeline,
  GitlabSettings,
  GitlabVariable,
  Place,
  ShellCommand,
  Text,
} from "../../../engines/pipelines/model.ts";

export interface ScriptCommand {
  readonly command: ShellCommand;
  /** All of its line. */
  readonly commands: readonly ShellCommand[];
  readonly line: GitlabLine;
  /** All lines of its job, in the order in which they run. */
  readonly script: readonly GitlabLine[];
  /** The first job that has it; absent where it is of `default` alone. */
  readonly job?: string;
}

const known = new WeakMap<GitlabPipeline, readonly ScriptCommand[]>();

/** Every command, once, however many jobs have it. */
export function commandsOf(pipeline: GitlabPipeline): readonly ScriptCommand[] {
  const before = known.get(pipeline);
  if (before !== undefined) return before;
  const seen = new Set<GitlabLine>();
  const all = scriptsOf(pipeline).flatMap(({ script, job }) =>
    script.flatMap((line) => {
      if (seen.has(line)) return [];
      seen.add(line);
      const { commands } = line;
      return commands.map((command) => ({ command, commands, line, script, ...(job === undefined ? {} : { job }) }));
    }),
  );
  known.set(pipeline, all);
  return all;
}

export interface Script {
  readonly script: readonly GitlabLine[];
  readonly job?: string;
}

/** One a job, then that of `default`. */
export function scriptsOf({ jobs, default: settings }: GitlabPipeline): Script[] {
  return [...jobs.map((job) => ({ script: scriptOf(job), job: job.name })), { script: linesOf(settings) }];
}

export function scriptOf(job: GitlabJob): readonly GitlabLine[] {
  return [
    ...job.hookScript,
    ...job.beforeScript,
    ...job.script,
    ...job.run.flatMap(({ script }) => script),
    ...job.afterScript,
  ];
}

function linesOf({ hookScript, beforeScript, afterScript }: GitlabSettings): readonly GitlabLine[] {
  return [...hookScript, ...beforeScript, ...afterScript];
}

/** Where a command, a word or what else has a range stands. */
export function placeIn(
  { text }: GitlabLine,
  { line, column, start, end }: Pick<Place, "line" | "column" | "start" | "end">,
): Place {
  return { path: text.place.path, line, column, start, end };
}

export function commandPlace({ command, line }: ScriptCommand): Place {
  return placeIn(line, command.programWord?.range ?? command.range);
}

export interface PlacedVariable {
  readonly variable: GitlabVariable;
  /** Absent where it is of all jobs. */
  readonly job?: string;
}

export function variablesOf({ variables, workflow, default: settings, jobs }: GitlabPipeline): PlacedVariable[] {
  const global = [
    ...variables,
    ...settings.variables,
    ...(workflow?.rules ?? []).flatMap((rule) => rule.variables),
  ].map((variable) => ({ variable }));
  return [
    ...global,
    ...jobs.flatMap((job) =>
      [...job.variables, ...(job.rules ?? []).flatMap((rule) => rule.variables)].map((variable) => ({
        variable,
        job: job.name,
      })),
    ),
  ];
}

export interface PlacedSettings {
  readonly settings: GitlabSettings;
  readonly job?: string;
}

/** Those of `default`, then each job's, hidden ones too. */
export function settingsOf({ default: settings, jobs }: GitlabPipeline): PlacedSettings[] {
  return [{ settings }, ...jobs.map((job) => ({ settings: job, job: job.name }))];
}

export interface PlacedImage {
  readonly image: GitlabImage;
  readonly service: boolean;
  readonly job?: string;
}

/** Images and services, each once. */
export function imagesOf(pipeline: GitlabPipeline): PlacedImage[] {
  const images = new Map<Text, PlacedImage>();
  for (const { settings, job } of settingsOf(pipeline)) {
    const named = job === undefined ? {} : { job };
    const { image, services } = settings;
    if (image !== undefined && !images.has(image.name)) images.set(image.name, { image, service: false, ...named });
    for (const each of services) {
      if (!images.has(each.name)) images.set(each.name, { image: each, service: true, ...named });
    }
  }
  return [...images.values()];
}

/** `true` as YAML and as GitLab's users write it. */
export function isTrue(text: Text | undefined): boolean {
  return text !== undefined && /^(?:true|yes|on|1)$/i.test(text.value);
}

export function isFalse(text: Text | undefined): boolean {
  return text !== undefined && /^(?:false|no|off|0)$/i.test(text.value);
}

/** Texts of a command's arguments. */
export function wordsOf({ arguments: words }: ShellCommand): string[] {
  return words.map(({ text }) => text);
}
