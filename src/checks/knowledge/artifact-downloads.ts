/** How a job takes what another run has stored (the actions' metadata, and gh's manual). */

/** The action in lower case → inputs of which any says that it is another run's; none at all: it always is. */
export const FOREIGN_DOWNLOADS: Readonly<Record<string, readonly string[]>> = {
  "actions/download-artifact": ["run-id"],
  "aochmann/actions-download-artifact": [],
  "bettermarks/action-artifact-download": [],
  "blablacar/action-download-last-artifact": [],
  "dawidd6/action-download-artifact": [],
  "levonet/action-download-last-artifact": [],
  "ishworkh/docker-image-artifact-download": [],
  "marcofaggian/action-download-multiple-artifacts": [],
};

export const FOREIGN_COMMANDS: readonly string[] = ["gh run download"];

/** Programs that run what they find in the directory that they start in. */
export const RUNS_ITS_DIRECTORY: ReadonlySet<string> = new Set([
  ...[
    "make",
    "cmake",
    "just",
    "task",
    "rake",
    "ant",
    "gradle",
    "gradlew",
    "mvn",
    "mvnw",
    "sbt",
    "bazel",
    "meson",
    "ninja",
  ],
  ...["npm", "npx", "pnpm", "yarn", "bun", "node", "deno", "tsx", "ts-node", "lerna", "nx", "turbo"],
  ...["python", "python3", "pip", "pip3", "pipx", "poetry", "pdm", "uv", "hatch", "tox", "nox", "pytest", "pre-commit"],
  ...[
    "go",
    "cargo",
    "dotnet",
    "msbuild",
    "bundle",
    "ruby",
    "php",
    "composer",
    "perl",
    "mix",
    "rebar3",
    "swift",
    "dart",
    "flutter",
  ],
  ...[
    "bash",
    "sh",
    "zsh",
    "pwsh",
    "source",
    "docker",
    "docker-compose",
    "podman",
    "buildah",
    "helm",
    "terraform",
    "tofu",
    "ansible-playbook",
  ],
]);
