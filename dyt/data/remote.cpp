// SPDX-License-Identifier: Apache-2.0
#include "dyt/data/remote.h"

#include <algorithm>
#include <string>

namespace dyt::data {
namespace {

constexpr RemoteFile kMnist[] = {
    {.name = "train-images-idx3-ubyte.gz",
     .bytes = 9'912'422,
     .hex = "f68b3c2dcbeaaa9fbdd348bbdeb94873",
     .content_md5 = "6bbc9ace898e44ae57da46a324031adb"},
    {.name = "train-labels-idx1-ubyte.gz",
     .bytes = 28'881,
     .hex = "d53e105ee54ea40749a09fcbcd1e9432",
     .content_md5 = "a25bea736e30d166cdddb491f175f624"},
    {.name = "t10k-images-idx3-ubyte.gz",
     .bytes = 1'648'877,
     .hex = "9fb629c4189551a2d022fa330f9573f3",
     .content_md5 = "2646ac647ad5339dbf082846283269ea"},
    {.name = "t10k-labels-idx1-ubyte.gz",
     .bytes = 4'542,
     .hex = "ec29112dd5afa0611ce80d1b7f02629c",
     .content_md5 = "27ae3e4e09519cfbb04c329615203637"},
};

constexpr RemoteFile kFashionMnist[] = {
    {.name = "train-images-idx3-ubyte.gz",
     .bytes = 26'421'880,
     .hex = "8d4fb7e6c68d591d4c3dfef9ec88bf0d",
     .content_md5 = "f4a8712d7a061bf5bd6d2ca38dc4d50a"},
    {.name = "train-labels-idx1-ubyte.gz",
     .bytes = 29'515,
     .hex = "25c81989df183df01b3e8a0aad5dffbe",
     .content_md5 = "9018921c3c673c538a1fc5bad174d6f9"},
    {.name = "t10k-images-idx3-ubyte.gz",
     .bytes = 4'422'102,
     .hex = "bef4ecab320f06d8554ea6380940ec79",
     .content_md5 = "8181f5470baa50b63fa0f6fddb340f0a"},
    {.name = "t10k-labels-idx1-ubyte.gz",
     .bytes = 5'148,
     .hex = "bb300cfdad3c16e7a12a480ee83cd310",
     .content_md5 = "15d484375f8d13e6eb1aabb0c3f46965"},
};

constexpr RemoteFile kCifar10[] = {
    {.name = "cifar-10-binary.tar.gz",
     .bytes = 170'052'171,
     .hash = core::HashKind::kSha256,
     .hex = "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd"},
};
constexpr std::string_view kCifar10Members[] = {"data_batch_1.bin", "data_batch_2.bin",
                                                "data_batch_3.bin", "data_batch_4.bin",
                                                "data_batch_5.bin", "test_batch.bin"};

constexpr RemoteDataset kRemoteRows[] = {
    {.name = "mnist", .address = "https://ossci-datasets.s3.amazonaws.com/mnist/", .files = kMnist},
    {.name = "fashion_mnist",
     .address = "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
     .files = kFashionMnist},
    {.name = "cifar10",
     .address = "https://www.cs.toronto.edu/~kriz/",
     .files = kCifar10,
     .archive_folder = "cifar-10-batches-bin",
     .members = kCifar10Members},
};

}  // namespace

std::span<const RemoteDataset> remote_table() { return kRemoteRows; }

const RemoteDataset* find_remote(std::string_view name) {
  for (const RemoteDataset& row : remote_table()) {
    if (row.name == name) {
      return &row;
    }
  }
  return nullptr;
}

std::vector<std::filesystem::path> dataset_folders(const std::filesystem::path& base,
                                                   std::string_view name) {
  std::string dashed(name);
  std::replace(dashed.begin(), dashed.end(), '_', '-');
  std::vector<std::filesystem::path> folders = {base / name, base / "vision" / name};
  if (dashed != name) {
    folders.push_back(base / dashed);
    folders.push_back(base / "vision" / dashed);
  }
  return folders;
}

}  // namespace dyt::data
