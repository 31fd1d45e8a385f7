package dev.sluice.books;

import dev.sluice.convert.Conversion;
import dev.sluice.convert.DataFile;
import dev.sluice.model.ledger.LedgerEntry;
import dev.sluice.model.store.Content;
import dev.sluice.model.store.ListedObject;
import dev.sluice.model.store.ObjectInfo;
import dev.sluice.model.store.ObjectName;
import dev.sluice.model.store.ObjectStore;
import dev.sluice.model.store.OpenObject;
import dev.sluice.model.store.PartitionRegistrar;
import dev.sluice.model.store.PutResult;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;

/**
 * Ingest, broken in one way. The breakage sits between it and what it calls, one per process; a
 * check that lets one of them pass checks nothing.
 */
public enum Mutant {
  /** Not broken. */
  NONE,
  /** Marker before work: the entry is there first, and trusted afterwards. */
  ENTRY_BEFORE_FILES {
    @Override
    ObjectStore store(ObjectStore real) {
      return new EntryFirst(real);
    }
  },
  /** Files of one version are named anew by each attempt. */
  RANDOM_KEYS {
    @Override
    Conversions conversions(Conversions real) {
      Random random = new Random();
      return (dataset, source, data, quarantine, progress) -> {
        Conversion right = real.convert(dataset, source, data, quarantine, progress);
        List<DataFile> files = new ArrayList<>();
        for (DataFile file : right.files()) {
          String name = source.stem() + "-" + (1000 + random.nextInt(1_000_000)) + ".parquet";
          files.add(
              new DataFile(
                  Files.move(file.path(), file.path().resolveSibling(name)),
                  file.directory(),
                  file.partition(),
                  file.rows(),
                  file.bytes()));
        }
        return with(right, right.written(), right.read(), files);
      };
    }
  },
  /** {@code If-None-Match} is left away. */
  UNCONDITIONAL_CREATE {
    @Override
    ObjectStore store(ObjectStore real) {
      return new Through(real) {
        @Override
        public PutResult putIfAbsent(ObjectName name, Content content, String contentType) {
          PutResult result = super.putIfAbsent(name, content, contentType);
          while (result instanceof PutResult.Exists exists) {
            Optional<String> etag =
                super.putIfMatch(name, exists.existing().etag(), content, contentType);
            result =
                etag.isPresent()
                    ? new PutResult.Created(etag.get())
                    : super.putIfAbsent(name, content, contentType);
          }
          return result;
        }
      };
    }
  },
  /** {@code If-Match} is left away. */
  UNCONDITIONAL_REPLACE {
    @Override
    ObjectStore store(ObjectStore real) {
      return new Through(real) {
        @Override
        public Optional<String> putIfMatch(
            ObjectName name, String etag, Content content, String contentType) {
          while (true) {
            Optional<ObjectInfo> there = super.head(name);
            Optional<String> written =
                there.isPresent()
                    ? super.putIfMatch(name, there.get().etag(), content, contentType)
                    : super.putIfAbsent(name, content, contentType) instanceof PutResult.Created c
                        ? Optional.of(c.etag())
                        : Optional.empty();
            if (written.isPresent()) {
              return written;
            }
          }
        }
      };
    }
  },
  /** Older versions are left where they are. */
  NO_SETTLING {
    @Override
    ObjectStore store(ObjectStore real) {
      return new Through(real) {
        @Override
        public Stream<ListedObject> list(String bucket, String prefix, String startAfter) {
          return prefix.startsWith("ops/ledger/")
              ? Stream.empty()
              : super.list(bucket, prefix, startAfter);
        }
      };
    }
  },
  /** Nothing says what is about to be published. */
  NO_INTENTS {
    @Override
    ObjectStore store(ObjectStore real) {
      return new Through(real) {
        @Override
        public PutResult putIfAbsent(ObjectName name, Content content, String contentType) {
          return name.key().startsWith("ops/intents/")
              ? new PutResult.Created("none")
              : super.putIfAbsent(name, content, contentType);
        }
      };
    }
  },
  /** What attempts left behind is never looked for. */
  INTENTS_UNREAD {
    @Override
    ObjectStore store(ObjectStore real) {
      return new Through(real) {
        @Override
        public Stream<ListedObject> list(String bucket, String prefix, String startAfter) {
          return prefix.startsWith("ops/intents/")
              ? Stream.empty()
              : super.list(bucket, prefix, startAfter);
        }
      };
    }
  },
  /** The intents of living attempts are taken for those of dead ones. */
  INTENTS_TAKEN_TOO_EARLY {
    @Override
    ObjectStore store(ObjectStore real) {
      return new Through(real) {
        @Override
        public Optional<OpenObject> open(ObjectName name) {
          Optional<OpenObject> found = super.open(name);
          return name.key().startsWith("ops/intents/") ? found.map(Mutant::expired) : found;
        }
      };
    }
  },
  /** The newest version is asked for once, and not again after publishing. */
  NO_SECOND_LOOK {
    @Override
    ObjectStore store(ObjectStore real) {
      return new Through(real) {
        private final Map<ObjectName, ObjectInfo> seen = new HashMap<>();

        @Override
        public Optional<OpenObject> open(ObjectName name) {
          Optional<OpenObject> found = super.open(name);
          found.ifPresent(open -> seen.put(name, open.info()));
          return found;
        }

        @Override
        public Optional<ObjectInfo> head(ObjectName name) {
          return name.bucket().equals(World.RAW) && seen.containsKey(name)
              ? Optional.of(seen.get(name))
              : super.head(name);
        }
      };
    }
  },
  /** Entries give up their files before the files are gone. */
  ENTRY_SUPERSEDED_BEFORE_FILES_ARE_GONE {
    @Override
    ObjectStore store(ObjectStore real) {
      return new Through(real) {
        private final List<ObjectName> gone = new ArrayList<>();

        @Override
        public void delete(ObjectName name) {
          if (name.key().startsWith("ops/")) {
            super.delete(name);
          } else {
            gone.add(name);
          }
        }

        @Override
        public Optional<String> putIfMatch(
            ObjectName name, String etag, Content content, String contentType) {
          Optional<String> written = super.putIfMatch(name, etag, content, contentType);
          gone.forEach(super::delete);
          gone.clear();
          return written;
        }
      };
    }
  },
  /** Of a listing only the first page is read. */
  ONE_PAGE_LISTED {
    @Override
    ObjectStore store(ObjectStore real) {
      return new Through(real) {
        @Override
        public Stream<ListedObject> list(String bucket, String prefix, String startAfter) {
          return super.list(bucket, prefix, startAfter).limit(1);
        }
      };
    }
  },
  /** The catalog hears of no partition. */
  PARTITIONS_UNREGISTERED {
    @Override
    PartitionRegistrar partitions(PartitionRegistrar real) {
      return (database, table, partitions) -> {};
    }
  },
  /** A message is taken off the queue whatever became of it. */
  FAILURES_FORGOTTEN {
    @Override
    boolean forgetsFailures() {
      return true;
    }
  },
  /** A file is forgotten, and the counts are made to agree. */
  A_FILE_DROPPED {
    @Override
    Conversions conversions(Conversions real) {
      return (dataset, source, data, quarantine, progress) -> {
        Conversion right = real.convert(dataset, source, data, quarantine, progress);
        if (right.files().isEmpty()) {
          return right;
        }
        long rows = right.files().get(0).rows();
        return with(
            right,
            right.written() - rows,
            right.read() - rows,
            right.files().subList(1, right.files().size()));
      };
    }
  };

  ObjectStore store(ObjectStore real) {
    return real;
  }

  PartitionRegistrar partitions(PartitionRegistrar real) {
    return real;
  }

  Conversions conversions(Conversions real) {
    return real;
  }

  boolean forgetsFailures() {
    return false;
  }

  /** All that are broken. */
  public static List<Mutant> broken() {
    return Stream.of(values()).filter(m -> m != NONE).toList();
  }

  private static Conversion with(Conversion c, long written, long read, List<DataFile> files) {
    return new Conversion(
        read,
        written,
        c.quarantined(),
        c.reasons(),
        c.bytesIn(),
        c.bytesDecoded(),
        c.bytesOut(),
        files,
        c.quarantine());
  }

  private static OpenObject expired(OpenObject open) {
    byte[] text;
    try {
      text =
          new String(open.content().readAllBytes(), StandardCharsets.UTF_8)
              .replaceAll("\"expires_at\":\"[^\"]*\"", "\"expires_at\":\"2000-01-01T00:00:00Z\"")
              .getBytes(StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new OpenObject() {
      @Override
      public ObjectInfo info() {
        return open.info();
      }

      @Override
      public InputStream content() {
        return new ByteArrayInputStream(text);
      }

      @Override
      public void close() throws IOException {
        open.close();
      }
    };
  }

  private static class Through implements ObjectStore {
    private final ObjectStore real;

    Through(ObjectStore real) {
      this.real = real;
    }

    @Override
    public Optional<OpenObject> open(ObjectName name) {
      return real.open(name);
    }

    @Override
    public Optional<OpenObject> open(ObjectName name, ObjectInfo version) {
      return real.open(name, version);
    }

    @Override
    public Optional<byte[]> tail(ObjectName name, int bytes) {
      return real.tail(name, bytes);
    }

    @Override
    public Optional<ObjectInfo> head(ObjectName name) {
      return real.head(name);
    }

    @Override
    public PutResult putIfAbsent(ObjectName name, Content content, String contentType) {
      return real.putIfAbsent(name, content, contentType);
    }

    @Override
    public Optional<String> putIfMatch(
        ObjectName name, String etag, Content content, String contentType) {
      return real.putIfMatch(name, etag, content, contentType);
    }

    @Override
    public void delete(ObjectName name) {
      real.delete(name);
    }

    @Override
    public Stream<ListedObject> list(String bucket, String prefix, String startAfter) {
      return real.list(bucket, prefix, startAfter);
    }
  }

  /** Puts files when their entry is there, and believes entries instead of looking for files. */
  private static final class EntryFirst extends Through {
    private final Map<ObjectName, byte[]> files = new HashMap<>();
    private final Map<ObjectName, ObjectInfo> listed = new HashMap<>();

    EntryFirst(ObjectStore real) {
      super(real);
    }

    @Override
    public PutResult putIfAbsent(ObjectName name, Content content, String contentType) {
      if (name.key().startsWith("silver/")) {
        files.put(name, bytes(content));
        return new PutResult.Created("later");
      }
      PutResult result = super.putIfAbsent(name, content, contentType);
      if (name.key().startsWith("ops/ledger/")) {
        files.forEach((file, bytes) -> super.putIfAbsent(file, Content.of(bytes), contentType));
        files.clear();
      }
      return result;
    }

    @Override
    public Optional<OpenObject> open(ObjectName name) {
      Optional<OpenObject> found = super.open(name);
      if (found.isEmpty() || !name.key().startsWith("ops/ledger/")) {
        return found;
      }
      byte[] text;
      try (OpenObject open = found.get()) {
        text = open.content().readAllBytes();
        LedgerEntry entry = LedgerEntry.parse(new String(text, StandardCharsets.UTF_8));
        for (LedgerEntry.OutputFile file : entry.files()) {
          listed.put(
              new ObjectName(name.bucket(), file.key()),
              new ObjectInfo("", "", file.bytes(), open.info().lastModified()));
        }
        ObjectInfo info = open.info();
        return Optional.of(
            new OpenObject() {
              @Override
              public ObjectInfo info() {
                return info;
              }

              @Override
              public InputStream content() {
                return new ByteArrayInputStream(text);
              }

              @Override
              public void close() {}
            });
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public Optional<ObjectInfo> head(ObjectName name) {
      return listed.containsKey(name) ? Optional.of(listed.get(name)) : super.head(name);
    }

    private static byte[] bytes(Content content) {
      try (InputStream in = content.open()) {
        return in.readAllBytes();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
