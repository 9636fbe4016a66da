/**
 * Comparisons as functions of the event, by what they compare: what several comparisons of one text come to is remembered by
 * its value. A thousand programs have a dozen names.
 */
import { bounds } from "../../bounds.ts";
import type { Graph } from "./graph.ts";
import type { Leaf } from "./leaf.ts";
import { rememberRows } from "./remembered.ts";

const FALSE = 1;
const TRUE = 2;

/** From this many comparisons of one field on, what they come to is remembered by its values. */
const WORTH_REMEMBERING = 3;
const MOST_VALUES = 8_192;
const MOST_BYTES = 1024 * 1024;

export interface ValueGroups {
  /** Declares `l0`… of the leaves, `X`, `M`, `L` and `Q` being the arrays below and those of all leaves; `N` counts events. */
  readonly text: readonly string[];
  readonly extracts: readonly unknown[];
  readonly rows: readonly unknown[];
}

export function valueGroups<Event>(graph: Graph<Event>, used: ReadonlySet<number>): ValueGroups {
  const byOperand = Map.groupBy(used, (leaf) => {
    const { left, predicate, scope } = graph.leaves[leaf] as Leaf<Event>;
    const isText = left.type === "text" || left.type === "path";
    // Of paths the path's row tells, and one value is seldom asked twice.
    return isText && predicate !== undefined && left.several === undefined && scope !== "path" ? left.key : "";
  });
  const text = ["let N=0;"];
  const extracts: unknown[] = [];
  const rows: unknown[] = [];
  for (const [key, leaves] of byOperand) {
    if (key === "" || leaves.length < WORTH_REMEMBERING) {
      for (const leaf of leaves) text.push(`const l${leaf}=L[${leaf}];`);
      continue;
    }
    const group = extracts.length;
    extracts.push(graph.leaves[leaves[0] ?? 0]?.left.extract);
    const isPath = graph.leaves[leaves[0] ?? 0]?.left.type === "path";
    rows.push(
      rememberRows(
        leaves.length,
        isPath ? bounds.rememberedPaths : MOST_VALUES,
        isPath ? bounds.rememberedPathBytes : MOST_BYTES,
      ),
    );
    // The value and where its row begins, for as long as the event is in hand; -1: absent.
    text.push(`const x${group}=X[${group}],m${group}=M[${group}];let n${group}=-1,v${group},w${group}=-1,b${group};`);
    text.push(
      `function g${group}(e){n${group}=N;v${group}=x${group}(e);` +
        `if(v${group}===undefined)return w${group}=-1;w${group}=m${group}.row(v${group});b${group}=m${group}.bytes;return w${group}}`,
    );
    for (const [index, leaf] of leaves.entries()) {
      text.push(
        `const q${leaf}=Q[${leaf}];function l${leaf}(e){const w=n${group}===N?w${group}:g${group}(e);if(w<0)return false;` +
          `const c=b${group}[w+${index}];if(c!==0)return c===${TRUE};const r=q${leaf}(v${group});` +
          `b${group}[w+${index}]=r?${TRUE}:${FALSE};return r}`,
      );
    }
  }
  return { text, extracts, rows };
}
