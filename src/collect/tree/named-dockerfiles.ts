/**
 * Dockerfiles that are called anything, by what builds them: `docker build --file`, build-push-action's `file`, Bake's and
 * Skaffold's `dockerfile`.
 */
import { join, posix } from "node:path";
import { bounds } from "./bounds.ts";
import { readBoundedText } from "./text-file.ts";

/** Files of commands and settings that build images, beside pipelines. */
const RECIPE =
  /^(?:GNUmakefile|[Mm]akefile(?:\.\w+)?|.+\.mk|\.?[Jj]ustfile|[Tt]askfile(?:\.dist)?\.ya?ml|Tiltfile|skaffold(?:[-.][\w.-]+)?\.ya?ml|docker-bake(?:\.override)?\.(?:hcl|json))$/;

export function isBuildRecipe(name: string): boolean {
  return RECIPE.test(name);
}

/** A path after an option, as words of a shell and of lists, or as the value of a key. What a variable has a part in is unknown. */
const NAMED =
  /(?:(?:^|[\s"'[(])(?:-f|--file)(?:[ \t=]+|["'],\s{0,20})|(?:\b|_)(?:file|dockerfile\w{0,8})["']?\s{0,20}[:=]{1,2}[ \t]{0,20})["']?(?<path>[\w./@+-]{1,512})(?![\w$`{(*?])/gim;

/**
 * @param recipes - paths from the root, with slashes
 * @returns paths that these files name, from the root and from their own folders: of any kind, and not all are there
 */
export function namedDockerfiles(root: string, recipes: readonly string[]): ReadonlySet<string> {
  const found = new Set<string>();
  for (const recipe of recipes.slice(0, bounds.recipes)) {
    const text = readBoundedText(join(root, recipe), bounds.recipeBytes) ?? "";
    for (const { groups } of text.matchAll(NAMED)) {
      const path = groups?.path ?? "";
      for (const folder of [".", posix.dirname(recipe)]) {
        const named = posix.normalize(posix.join(folder, path));
        if (!named.startsWith("..") && found.size < bounds.recipeNames) found.add(named);
      }
    }
  }
  return found;
}
