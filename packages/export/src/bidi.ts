import bidiFactory from 'bidi-js';

/** The Unicode bidirectional algorithm. */
// Its types describe an ES module; what Node loads is CommonJS, whose default is the factory itself.
export const bidi = (bidiFactory as unknown as typeof bidiFactory.default)();
