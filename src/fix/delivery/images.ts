/** Which images a directory builds: one a Dockerfile, under the name that its manifests and its policy have for it. */
import { compileGlob } from "../../core/glob.ts";
import type { DockerfileFacts, ImagePlan, JobImage, RepositoryFacts } from "./model.ts";
import { isPlain, repositoryOf } from "./plan-text.ts";

/** @returns one image a Dockerfile, and what is left out */
export function planImages(facts: RepositoryFacts): { images: ImagePlan[]; told: string[] } {
  const told: string[] = [];
  const taken = new Set<string>();
  const bases = new Set<string>();
  const images = facts.dockerfiles.flatMap((dockerfile): ImagePlan[] => {
    const { path, context, isContextCertain, secretIds } = dockerfile;
    if (!isPlain(path) || !isPlain(context)) {
      told.push(`${path}: not built: its path has characters that mean something in a pipeline`);
      return [];
    }
    if (!isContextCertain)
      told.push(`${path}: no directory has all that it copies: ${context} is assumed as its build context`);
    const called = nameOf(dockerfile, facts.name);
    const isFirst = !bases.has(called);
    bases.add(called);
    const name = uniqueName(called, path, taken);
    // Another Dockerfile of that name has its repository already.
    const repository = repositoryFor(isFirst ? called : name, dockerfile, facts);
    if (repository === undefined)
      told.push(
        `${path}: no policy, manifest or Compose file says what ${name} is called: the repository's own registry is used`,
      );
    return [
      {
        name,
        dockerfile: path,
        context,
        ...(repository === undefined ? {} : { repository }),
        secrets: secretIds.filter(isPlain).map((id) => ({ id, variable: `BUILD_SECRET_${upper(id)}` })),
      },
    ];
  });
  return { images, told };
}

/** `API_KEY` of `api-key`: what a secret or a variable may be called. */
export function upper(text: string): string {
  return text.toUpperCase().replaceAll(/[^A-Z0-9]/g, "_");
}

/** The directory's name, of `worker.Dockerfile` and `Dockerfile.worker` what tells it from others, at the root the repository's. */
function nameOf({ path, image }: DockerfileFacts, repository: string): string {
  if (image !== undefined) return slug(repositoryOf(image).split("/").at(-1) ?? "");
  const parts = path.split("/");
  const file = parts.at(-1) ?? "";
  const own =
    /^(?:Dockerfile|Containerfile)\.(.+)$/.exec(file)?.[1] ?? /^(.+)\.(?:dockerfile|containerfile)$/i.exec(file)?.[1];
  return slug(own ?? parts.at(-2) ?? repository);
}

function slug(text: string): string {
  let name = "";
  for (const character of text.toLowerCase()) {
    if (/[a-z0-9]/.test(character)) name += character;
    else if (name !== "" && !name.endsWith("-")) name += "-";
  }
  const ended = name.endsWith("-") ? name.slice(0, -1) : name;
  return /^[a-z]/.test(ended) ? ended : `image${ended === "" ? "" : `-${ended}`}`;
}

/** Two of one name get their paths as names; words that have a job of their own in the pipeline, too. */
function uniqueName(name: string, path: string, taken: Set<string>): string {
  const free = [name, slug(path)].find((one) => !taken.has(one) && !RESERVED.has(one));
  let unique = free ?? name;
  for (let count = 2; taken.has(unique) || RESERVED.has(unique); count++) unique = `${slug(path)}-${count}`;
  taken.add(unique);
  return unique;
}

/** Keys of the pipeline's other jobs, and words that YAML may read as something else than a key. */
const RESERVED: ReadonlySet<string> = new Set("check deploy true false null yes no on off y n".split(" "));

/** What manifests or Compose call an image of that name in an allowed registry; else what the policy's patterns make of it. */
function repositoryFor(
  name: string,
  { image }: DockerfileFacts,
  { policy, images }: RepositoryFacts,
): string | undefined {
  const named = [...(image === undefined ? [] : [image]), ...images.map(({ reference }) => reference)]
    .map(repositoryOf)
    .filter((one) => hasRegistry(one) && isRepository(one) && slug(one.split("/").at(-1) ?? "") === name);
  const allowed = policy?.registries ?? [];
  const found = named.find((one) => allowed.length === 0 || allowed.some((entry) => covers(entry, one)));
  if (found !== undefined) return found;
  const patterns = [...(policy?.trust.images ?? []).map(({ match }) => match), ...allowed];
  for (const pattern of patterns) {
    const made = fromPattern(pattern, name);
    if (made !== undefined && hasRegistry(made) && isRepository(made)) return made;
  }
  return undefined;
}

/** `registry.example.com/shop/*` and `registry.example.com/shop` with the name; undefined where the pattern says no place for it. */
function fromPattern(pattern: string, name: string): string | undefined {
  const open = /^([^*?]*?)\/?(?:\/\*{1,2})$/.exec(pattern)?.[1];
  if (open !== undefined) return `${open}/${name}`;
  if (/[*?]/.test(pattern)) return undefined;
  return pattern.split("/").at(-1) === name ? pattern : `${pattern}/${name}`;
}

/** Where the tools of GitLab's jobs are published. */
export const TOOLS: Readonly<Record<JobImage, string>> = {
  node: "docker.io/library/node:24-trixie",
  buildah: "quay.io/buildah/stable:latest",
  skopeo: "quay.io/skopeo/stable:latest",
};

/** The tools where they are published; where the policy lists registries, copies in the first of them that has a place for some. */
export function jobImages(registries: readonly string[]): Readonly<Record<JobImage, string>> {
  const placeOf = (tool: JobImage): string => {
    const published = TOOLS[tool];
    const repository = repositoryOf(published);
    if (registries.length === 0 || registries.some((entry) => covers(entry, repository))) return published;
    const copy = registries
      .map((entry) => fromPattern(entry, `ci-${tool}`))
      .find((made) => made !== undefined && hasRegistry(made) && isRepository(made));
    return copy === undefined ? published : `${copy}${published.slice(repository.length)}`;
  };
  return { node: placeOf("node"), buildah: placeOf("buildah"), skopeo: placeOf("skopeo") };
}

function covers(entry: string, repository: string): boolean {
  return compileGlob(entry)(repository) || compileGlob(`${entry}/**`)(repository);
}

function hasRegistry(repository: string): boolean {
  const host = repository.includes("/") ? (repository.split("/")[0] ?? "") : "";
  return host.includes(".") || host.includes(":") || host === "localhost";
}

/** The distribution specification's names, with a host and a port. */
function isRepository(text: string): boolean {
  return /^[a-z0-9.-]+(?::[0-9]+)?(?:\/[a-z0-9._-]+)+$/.test(text);
}
