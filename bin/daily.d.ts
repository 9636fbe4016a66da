/** Commands of every day, as `image-scan`. */
export const daily: readonly string[];
/** Path in the published package. */
export const script: string;
/** Path in the published package. */
export const helpScript: string;
/** Words that ask what commands there are. */
export const helping: RegExp;
