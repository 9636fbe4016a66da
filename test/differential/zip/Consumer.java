import java.io.*;
import java.nio.file.*;
import java.util.*;
import java.util.jar.*;
import java.util.zip.*;

/**
 * Reads cases (a 4-byte length, big-endian, and the bytes) from its input and writes an answer for each as a line: `=` and what
 * java.util.zip.ZipFile opens in it, or `!` and why it opens nothing. A name is in hex, behind it the CRC-32 of its bytes.
 */
public class Consumer {
  public static void main(String[] arguments) throws Exception {
    DataInputStream in = new DataInputStream(new BufferedInputStream(System.in));
    PrintStream out = new PrintStream(new BufferedOutputStream(System.out, 1 << 16), false, "UTF-8");
    Path folder = Files.createTempDirectory("zip-consumer");
    long count = 0;
    while (true) {
      int length;
      try {
        length = in.readInt();
      } catch (EOFException end) {
        break;
      }
      byte[] bytes = in.readNBytes(length);
      // A name of its own for each: Java keeps what it opened by name and time.
      Path file = folder.resolve(count++ + ".jar");
      Files.write(file, bytes);
      out.println(answer(file));
      Files.delete(file);
    }
    Files.delete(folder);
    out.flush();
  }

  static String answer(Path file) {
    try (ZipFile zip = new ZipFile(file.toFile())) {
      TreeMap<String, String> read = new TreeMap<>();
      Enumeration<? extends ZipEntry> entries = zip.entries();
      while (entries.hasMoreElements()) {
        ZipEntry entry = entries.nextElement();
        if (entry.getName().endsWith("/")) continue;
        read.put(hex(entry.getName().getBytes("UTF-8")), content(zip, entry));
      }
      StringBuilder line = new StringBuilder("=");
      for (Map.Entry<String, String> each : read.entrySet()) line.append(each.getKey()).append(':').append(each.getValue()).append(' ');
      return line.toString();
    } catch (Exception error) {
      return "!" + String.valueOf(error.getMessage()).replace('\n', ' ');
    }
  }

  /** `!` where Java cannot read it. */
  static String content(ZipFile zip, ZipEntry entry) {
    try (InputStream stream = zip.getInputStream(zip.getEntry(entry.getName()))) {
      CRC32 sum = new CRC32();
      byte[] bytes = stream.readAllBytes();
      sum.update(bytes);
      return Long.toHexString(sum.getValue());
    } catch (Exception error) {
      return "!";
    }
  }

  static String hex(byte[] bytes) {
    StringBuilder text = new StringBuilder();
    for (byte each : bytes) text.append(String.format("%02x", each));
    return text.toString();
  }
}
