/** Starts Prism, tells its process id, and never ends by itself. */
import { startPrism } from '../../support/prism.js'

const prism = await startPrism({ mode: 'mock' })
console.log(prism.pid)
