// Counts the matches of a list of regexes in a file with Vectorscan (or Hyperscan), block mode, no start of match.
//
//     vectorscan compile PATTERNS DATABASE    PATTERNS: NAME<TAB>FLAGS<TAB>REGEX, FLAGS `i` or `-`
//     vectorscan scan DATABASE FILE
//     vectorscan version
//
// Compiling is a step of its own, as in any real use, so that scanning is not charged for it. The file is scanned in
// blocks of at most 1 MiB, cut at line ends.

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <hs.h>

static int count(unsigned, unsigned long long, unsigned long long, unsigned, void *total) {
    ++*static_cast<unsigned long long *>(total);
    return 0;
}

static void fail(const char *what) {
    std::fprintf(stderr, "vectorscan peer: %s\n", what);
    std::exit(2);
}

static hs_database_t *compile(const char *path) {
    std::ifstream input(path);
    if (!input) fail("cannot read the patterns");
    std::vector<std::string> regexes;
    std::vector<unsigned> flags, ids;
    for (std::string line; std::getline(input, line);) {
        if (line.empty() || line[0] == '#') continue;
        size_t first = line.find('\t'), second = line.find('\t', first + 1);
        if (first == std::string::npos || second == std::string::npos) fail("a pattern line has too few fields");
        bool caseless = line.substr(first + 1, second - first - 1).find('i') != std::string::npos;
        regexes.push_back(line.substr(second + 1));
        flags.push_back(caseless ? HS_FLAG_CASELESS : 0);
        ids.push_back(static_cast<unsigned>(ids.size()));
    }
    std::vector<const char *> raw;
    for (auto &regex : regexes) raw.push_back(regex.c_str());
    hs_database_t *database = nullptr;
    hs_compile_error_t *error = nullptr;
    if (hs_compile_multi(raw.data(), flags.data(), ids.data(), static_cast<unsigned>(raw.size()), HS_MODE_BLOCK,
                         nullptr, &database, &error) != HS_SUCCESS)
        fail(error ? error->message : "the patterns do not compile");
    return database;
}

static void write_database(const char *patterns, const char *path) {
    char *bytes = nullptr;
    size_t length = 0;
    if (hs_serialize_database(compile(patterns), &bytes, &length) != HS_SUCCESS) fail("the database has no file form");
    std::ofstream output(path, std::ios::binary);
    output.write(bytes, static_cast<std::streamsize>(length));
    if (!output.flush()) fail("cannot write the database");
}

static hs_database_t *read_database(const char *path) {
    std::ifstream input(path, std::ios::binary);
    std::string bytes((std::istreambuf_iterator<char>(input)), std::istreambuf_iterator<char>());
    hs_database_t *database = nullptr;
    if (hs_deserialize_database(bytes.data(), bytes.size(), &database) != HS_SUCCESS) fail("cannot read the database");
    return database;
}

static unsigned long long scan(const hs_database_t *database, std::FILE *file) {
    hs_scratch_t *scratch = nullptr;
    if (hs_alloc_scratch(database, &scratch) != HS_SUCCESS) fail("no scratch space");
    const size_t block = 1 << 20;
    std::vector<char> buffer(block);
    size_t held = 0;
    unsigned long long total = 0;
    for (;;) {
        size_t got = std::fread(buffer.data() + held, 1, block - held, file);
        size_t have = held + got;
        if (have == 0) return total;
        size_t cut = have;
        if (have == block) {
            while (cut > 0 && buffer[cut - 1] != '\n') --cut;
            if (cut == 0) cut = have;
        }
        if (hs_scan(database, buffer.data(), static_cast<unsigned>(cut), 0, scratch, count, &total) != HS_SUCCESS)
            fail("a scan failed");
        held = have - cut;
        std::memmove(buffer.data(), buffer.data() + cut, held);
    }
}

int main(int argc, char **argv) {
    std::string command = argc > 1 ? argv[1] : "";
    if (command == "version" && argc == 2) {
        std::puts(hs_version());
    } else if (command == "compile" && argc == 4) {
        write_database(argv[2], argv[3]);
    } else if (command == "scan" && argc == 4) {
        std::FILE *file = std::fopen(argv[3], "rb");
        if (!file) fail("cannot open the file");
        std::printf("%llu\n", scan(read_database(argv[2]), file));
    } else {
        fail("give compile PATTERNS DATABASE, scan DATABASE FILE, or version");
    }
    return 0;
}
