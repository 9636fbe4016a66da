import type { GitlabPipeline, Text } from "../../engines/pipelines/model.ts";
import { gitlabCheck } from "./gitlab/gitlab-check.ts";
import { imagesOf, scriptsOf } from "./gitlab/parts.ts";

function inputsIn(text: string): string[] {
  return [...text.matchAll(/\$\[\[ ?inputs\.([\w-]{1,128})/g)].map(([, name = ""]) => name);
}

interface FilledIn {
  readonly text: Text;
  readonly job?: string;
  readonly where: string;
}

function filledIn(pipeline: GitlabPipeline): FilledIn[] {
  return [
    ...imagesOf(pipeline).map(({ image, service, ...job }) => ({
      text: image.name,
      ...job,
      where: service ? "services" : "image",
    })),
    ...scriptsOf(pipeline).flatMap(({ script, ...job }) =>
      script.map(({ text }) => ({ text, ...job, where: "script" })),
    ),
    ...pipeline.jobs.flatMap(({ name, environment }) =>
      environment?.name === undefined ? [] : [{ text: environment.name, job: name, where: "environment:name" }],
    ),
  ];
}

/** Inputs of a component that take any text and become a command or an image. */
export const gitlabUnconstrainedInput = gitlabCheck({
  name: "gitlab-unconstrained-input",
  title: "Unconstrained inputs in scripts and images",
  severity: "medium",
  scripts: true,
  documentation: {
    what: "Checks a file with `spec:inputs` for inputs without `options` and `regex` that `$[[ inputs.NAME ]]` puts into `script`, `image`, `services` or `environment:name`. Not reported: inputs of type `number` and `boolean`. Severity: medium.",
    why: "The text is filled in before any shell reads it: quotes in it end the command. Who includes the file, or fills in the form of a pipeline, runs commands where the file meant a value.",
    fix: 'Give the input `options` or a `regex`, or hand it over in a variable: `variables: {NAME: $[[ inputs.name ]]}` and `"$NAME"` in the script.',
    references: ["https://docs.gitlab.com/ci/inputs/"],
  },
  *detect(pipeline) {
    const open = new Set(
      pipeline.inputs.flatMap(({ name, regex, options, type }) =>
        regex !== undefined || options.length > 0 || /^(?:number|boolean)$/.test(type?.value ?? "") ? [] : [name],
      ),
    );
    if (open.size === 0) return;
    for (const { text, job, where } of filledIn(pipeline)) {
      for (const name of inputsIn(text.written ?? text.value)) {
        if (!open.has(name)) continue;
        yield {
          subject: `input ${name} in ${where}`,
          title: `the input ${name} takes any text and is put into ${where}`,
          place: text.place,
          job,
          fix: `give the input ${name} options or a regex`,
        };
      }
    }
  },
});
