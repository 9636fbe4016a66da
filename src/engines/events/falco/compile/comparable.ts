/** Which operators go with which types, and in which words upstream refuses the others. */
import type { FieldType } from "../../fields/field.ts";
import type { Operator } from "../model.ts";
import { FaultError } from "./fault.ts";
import { typeNames } from "./literals.ts";

const equality = ["=", "==", "!=", "in", "intersects"] as const;
const numeric = [...equality, "<", "<=", ">", ">="] as const;

const families: Readonly<Record<FieldType, { readonly operators: ReadonlySet<Operator>; readonly name: string }>> =
  (() => {
    const numbers = { operators: new Set<Operator>(numeric), name: "numeric filters" };
    const texts = {
      operators: new Set<Operator>([
        ...numeric,
        "contains",
        "icontains",
        "startswith",
        "endswith",
        "glob",
        "iglob",
        "regex",
        "pmatch",
      ]),
      name: "string filters",
    };
    const addresses = { operators: new Set<Operator>(equality), name: "ip address and network filters" };
    return {
      text: texts,
      path: texts,
      bytes: {
        operators: new Set<Operator>([...equality, "contains", "startswith", "endswith", "bcontains", "bstartswith"]),
        name: "buffer filters",
      },
      number: numbers,
      big: numbers,
      fraction: numbers,
      port: numbers,
      boolean: { operators: new Set<Operator>(equality), name: "numeric filters" },
      address: addresses,
      network: addresses,
    };
  })();

/** @throws FaultError where the type has no such comparison */
export function checkComparable(operator: Operator, type: FieldType, list: boolean): void {
  if (list) {
    if (operator === "in" || operator === "intersects") return;
    throw new FaultError(`'${operator}' operator not supported list filters`);
  }
  const family = families[type];
  if (!family.operators.has(operator)) throw new FaultError(`'${operator}' operator not supported for ${family.name}`);
}

/** @throws FaultError where a field on the right cannot be held against the one on the left */
export function checkSameType(
  left: { readonly name: string; readonly type: FieldType; readonly list: boolean },
  right: { readonly name: string; readonly type: FieldType; readonly list: boolean },
): void {
  if (left.list === right.list && kindOf(left.type) === kindOf(right.type)) return;
  const shown = ({ type, list }: { type: FieldType; list: boolean }) => `'${typeNames[type]}${list ? " (list)" : ""}'`;
  throw new FaultError(
    `field '${left.name}' has type ${shown(left)} while the right-hand side field '${right.name}' has incompatible type ${shown(right)}`,
  );
}

/** Texts and paths are alike; so are numbers, whatever their width. */
function kindOf(type: FieldType): string {
  if (type === "path") return "text";
  return type === "big" || type === "port" ? "number" : type;
}
