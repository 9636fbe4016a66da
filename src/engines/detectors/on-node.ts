/** Detectors that run on a node, by its processes and containers. Whoever may start a process there may call it anything. */
import type { NodeDetector } from "./model.ts";
import { type Product, productOfImage, productOfProcess, products } from "./products.ts";
import { settingsOf } from "./settings.ts";

export interface NodeProcess {
  readonly pid: number;
  /** As the kernel has it. */
  readonly name: string;
  readonly words: readonly string[];
  /** Whether it has the host's files; of others no configuration is read. */
  readonly onHost: boolean;
  /** BPF programs and links that it holds; absent where that was not readable. */
  readonly programs?: number;
}

export interface NodeContainer {
  readonly name: string;
  readonly image: string;
}

/** Of a process of a node, what it would be as a detector. */
export function productOf({ name, words }: Pick<NodeProcess, "name" | "words">): Product | undefined {
  const at = words.indexOf("runtime");
  const isOwn =
    at > 0 && words[at + 1] === "watch" && words.slice(0, at).some((word) => /(?:^|\/)bulkhead(?:[.]\w+)?$/.test(word));
  return isOwn ? products.find(({ settings }) => settings === "bulkhead") : productOfProcess(name);
}

/**
 * One of each product: what is known of its process, else of its container.
 *
 * @param files - configuration of the host, by product's settings
 */
export function nodeDetectors(
  processes: readonly NodeProcess[],
  containers: readonly NodeContainer[],
  files: (product: Product) => ReadonlyMap<string, string>,
): NodeDetector[] {
  const found = new Map<string, NodeDetector>();
  for (const { pid, name, words, onHost, programs } of processes) {
    const product = productOf({ name, words });
    if (product === undefined || found.has(product.name)) continue;
    found.set(product.name, {
      product: product.name,
      seen: `process ${pid} (${name})`,
      ...settingsOf(product, { words, files: onHost ? files(product) : new Map() }),
      ...(programs === undefined ? {} : { programs }),
    });
  }
  for (const { name, image } of containers) {
    // What an image is started with a runtime does not tell.
    for (const product of productOfImage(image).filter(({ runs }) => runs === undefined)) {
      if (found.has(product.name)) continue;
      found.set(product.name, {
        product: product.name,
        seen: `container ${name} (${image})`,
        ...settingsOf(product, { words: [], files: new Map() }),
      });
    }
  }
  return [...found.values()];
}
