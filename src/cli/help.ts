/** How `--help` reads: options in groups, a command's own first, and no default that says nothing. */
import { Help, type HelpConfiguration, type Option } from "commander";

const OWN = "Options:";

export const helpLayout: HelpConfiguration = {
  showGlobalOptions: false,
  optionDescription(option: Option): string {
    return saysNothing(option.defaultValue) ? option.description : Help.prototype.optionDescription.call(this, option);
  },
  groupItems<T extends Parameters<Help["groupItems"]>[0][number]>(
    unsorted: T[],
    visible: T[],
    groupOf: (item: T) => string,
  ): Map<string, T[]> {
    const groups = Help.prototype.groupItems.call(this, unsorted, visible, groupOf as never) as Map<string, T[]>;
    const own = groups.get(OWN);
    return own === undefined ? groups : new Map([[OWN, own], ...groups]);
  },
};

/** What is off or empty where nobody asks for it. */
function saysNothing(value: unknown): boolean {
  return value === false || value === true || (Array.isArray(value) && value.length === 0);
}
