/** Configuration of detectors that run on the host itself, where their packages have it. */
import { isEvidenceProblem } from "../../../core/problem.ts";
import { bounds as detectorBounds } from "../../../engines/detectors/bounds.ts";
import type { Product } from "../../../engines/detectors/products.ts";
import { type HostFiles, hostFiles } from "../containers/host-files.ts";

/** A directory and its files' names in what is handed on. */
const PLACES: readonly {
  readonly settings: NonNullable<Product["settings"]>;
  readonly directory: string;
  readonly only?: string;
  readonly as: string;
}[] = [
  { settings: "falco", directory: "/etc/falco", only: "falco.yaml", as: "" },
  { settings: "falco", directory: "/etc/falco/config.d", as: "config.d/" },
  { settings: "tetragon", directory: "/etc/tetragon/tetragon.conf.d", as: "" },
];

const MOST = 200;

/** What cannot be read is not there: then what it says is unknown. */
export async function nodeDetectorFiles(root: string): Promise<(product: Product) => ReadonlyMap<string, string>> {
  const host = hostFiles(root);
  const found = new Map<string, Map<string, string>>();
  for (const { settings, directory, only, as } of PLACES) {
    const files = found.get(settings) ?? new Map<string, string>();
    found.set(settings, files);
    const names = only === undefined ? await orNothing(host.names(directory, MOST), []) : [only];
    for (const name of names.toSorted()) {
      const text = await textOf(host, `${directory}/${name}`);
      if (text !== undefined) files.set(`${as}${name}`, text);
    }
  }
  const none: ReadonlyMap<string, string> = new Map();
  return ({ settings }) => (settings === undefined ? none : (found.get(settings) ?? none));
}

async function textOf(host: HostFiles, path: string): Promise<string | undefined> {
  const bytes = await orNothing(host.bytes(path, detectorBounds.configurationText), undefined);
  return bytes?.toString("utf8");
}

async function orNothing<T>(reading: Promise<T>, nothing: T): Promise<T> {
  try {
    return await reading;
  } catch (error) {
    if (!isEvidenceProblem(error)) throw error;
    return nothing;
  }
}
