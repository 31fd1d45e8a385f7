package dev.sluice.convert;

/** Numbers each distinct long from 0, in order of appearance. */
final class LongIntMap {
  private long[] keys = new long[64];
  private int[] numbers = new int[64];
  private int mask = 63;
  private int size;

  /** The number of a key, or {@code -1 - n} when it is new and was given n. */
  int number(long key) {
    int at = (int) Bytes.mix(key) & mask;
    int number;
    while ((number = numbers[at]) != 0) {
      if (keys[at] == key) {
        return number - 1;
      }
      at = at + 1 & mask;
    }
    keys[at] = key;
    numbers[at] = ++size;
    if (size * 2 > numbers.length) {
      rehash();
    }
    return -size;
  }

  /** The number of a key, or -1 when it has none. */
  int find(long key) {
    int at = (int) Bytes.mix(key) & mask;
    while (numbers[at] != 0) {
      if (keys[at] == key) {
        return numbers[at] - 1;
      }
      at = at + 1 & mask;
    }
    return -1;
  }

  private void rehash() {
    long[] oldKeys = keys;
    int[] oldNumbers = numbers;
    keys = new long[oldKeys.length * 2];
    numbers = new int[oldKeys.length * 2];
    mask = keys.length - 1;
    for (int i = 0; i < oldKeys.length; i++) {
      if (oldNumbers[i] != 0) {
        int at = (int) Bytes.mix(oldKeys[i]) & mask;
        while (numbers[at] != 0) {
          at = at + 1 & mask;
        }
        keys[at] = oldKeys[i];
        numbers[at] = oldNumbers[i];
      }
    }
  }
}
