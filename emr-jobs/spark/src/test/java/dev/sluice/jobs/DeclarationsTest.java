package dev.sluice.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.model.store.ObjectName;
import dev.sluice.testing.FaultHook;
import dev.sluice.testing.InMemoryObjectStore;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeclarationsTest {
  @TempDir Path folder;

  private final InMemoryObjectStore store =
      new InMemoryObjectStore(Clock.systemUTC(), FaultHook.NONE, 10).bucket("lake", false);

  private static byte[] zip(String name) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      zip.putNextEntry(new ZipEntry(name));
      zip.write("name: a\n".getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }
    return bytes.toByteArray();
  }

  @Test
  void aZipFileOnS3IsUnpackedWithOrWithoutAFolderOfItsOwn() throws IOException {
    for (String prefix : new String[] {"", "datasets/"}) {
      store.upload(new ObjectName("lake", "code/d.zip"), zip(prefix + "a/dataset.yaml"));

      Path root = Declarations.open("s3://lake/code/d.zip", () -> store);

      assertThat(root.resolve("a/dataset.yaml")).hasContent("name: a\n");
    }
  }

  @Test
  void aFolderIsTakenAsItIs() throws IOException {
    Files.createDirectories(folder.resolve("a"));
    Files.writeString(folder.resolve("a/dataset.yaml"), "name: a\n");

    assertThat(Declarations.open(folder.toString(), () -> store)).isEqualTo(folder);
    assertThat(Declarations.open(folder.toUri().toString(), () -> store)).isEqualTo(folder);
  }

  @Test
  void whatLeadsOutOfTheZipFileIsRefused() {
    assertThatThrownBy(
            () -> {
              store.upload(new ObjectName("lake", "evil.zip"), zip("../../evil.yaml"));
              Declarations.open("s3://lake/evil.zip", () -> store);
            })
        .hasMessageContaining("a name that leads out of it: s3://lake/evil.zip");
  }

  @Test
  void whatIsMissingOrNoZipFileIsNamed() {
    assertThatThrownBy(() -> Declarations.open("s3://lake/none.zip", () -> store))
        .hasMessageContaining("there is no such folder or file: s3://lake/none.zip");
    store.upload(new ObjectName("lake", "text.zip"), new byte[] {1, 2, 3});
    assertThatThrownBy(() -> Declarations.open("s3://lake/text.zip", () -> store))
        .hasMessageContaining("no zip file, or an empty one: s3://lake/text.zip");
  }
}
