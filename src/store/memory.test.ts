import { keepsWhatItIsGiven } from "./contract.fixture.ts";
import { memoryStore } from "./memory.fixture.ts";

keepsWhatItIsGiven(async () => memoryStore());
