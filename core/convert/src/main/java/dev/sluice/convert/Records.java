package dev.sluice.convert;

import java.io.IOException;

/** The records of a source, good ones as columns of a batch, bad ones in quarantine. */
interface Records {

  /** Fills the batch anew; false when there is nothing more. A batch may be empty. */
  boolean next() throws IOException;

  /** Records found so far, good and bad. */
  long read();

  /** Quarantines a record of the batch that was read, but that a rule turns down. */
  void refuse(int row, Fault fault) throws IOException;
}
