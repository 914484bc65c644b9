// The same module for `import`.
import phisift from './index.cjs'

export const { Detector, detect, detectAsync, redact, version } = phisift
export default phisift
