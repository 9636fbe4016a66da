/** `sequence`: some steps in order, for one key, within some time of the first (`falco/model.ts`, SequenceRule). */
import { beginning } from "../beginning.ts";
import { bounds } from "./bounds.ts";
import { createMemory } from "./memory.ts";

/** A step that was seen. */
export interface Step {
  /** Milliseconds since 1970. */
  readonly time: number;
  /** What did it, for the alert. */
  readonly text: string;
}

export interface Sequence {
  /** An earlier step's condition holds. @param step - from 0 */
  step(step: number, key: string, seen: Step): void;
  /** The rule's own condition holds. Gives the steps that came before, or undefined where they did not. */
  last(key: string, time: number): readonly Step[] | undefined;
  readonly keys: number;
  readonly evicted: number;
}

/** Of a chain that got as far as a step: its steps. Of several the one that began last, which stays within the time longest. */
type Chains = (readonly Step[] | undefined)[];

function bytesOf(chain: readonly Step[] | undefined): number {
  return chain?.reduce((sum, { text }) => sum + 100 + text.length, 0) ?? 0;
}

function shortened({ time, text }: Step): Step {
  return { time, text: beginning(text, bounds.stepLength) };
}

export function createSequence(steps: number, withinSeconds: number): Sequence {
  const within = withinSeconds * 1000;
  const memory = createMemory<Chains>(() => new Array<undefined>(steps).fill(undefined), {
    keys: bounds.keys,
    bytes: bounds.bytes,
    bytesOf: (chains) => chains.reduce((sum, chain) => sum + bytesOf(chain), 0),
  });

  function put(key: string, step: number, chain: readonly Step[]): void {
    const chains = memory.of(key);
    const before = bytesOf(chains[step]);
    chains[step] = chain;
    memory.grown(bytesOf(chain) - before);
  }

  /** The chain, where it is not over by then. */
  function held(chain: readonly Step[] | undefined, time: number): readonly Step[] | undefined {
    const [first] = chain ?? [];
    return first !== undefined && time - first.time <= within ? chain : undefined;
  }

  return {
    step(step, key, seen) {
      if (step === 0) {
        put(key, 0, [shortened(seen)]);
        return;
      }
      // A later step with nothing before it is nothing, and takes no room.
      const before = held(memory.peek(key)?.[step - 1], seen.time);
      if (before !== undefined) put(key, step, [...before, shortened(seen)]);
    },
    last(key, time) {
      const chain = held(memory.peek(key)?.[steps - 1], time);
      // What it is told of, it is told of once.
      if (chain !== undefined) memory.forget(key);
      return chain;
    },
    get keys() {
      return memory.size;
    },
    get evicted() {
      return memory.evicted;
    },
  };
}
